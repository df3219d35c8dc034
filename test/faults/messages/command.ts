import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { messageLine, startProgress } from '../../../local/run/progress.js';
import { bundleFile } from '../../../cli/shared/bundle-file.js';
import { benchFailures, type BenchSummary } from './ledger.js';
import { runFaultBench } from './run.js';
import { reportFaults } from '../report.js';
import { wholeNumber } from '../../../cli/shared/command.js';

interface MessagesOptions {
  readonly count: number;
  readonly kills: number;
  readonly seed: number;
}

export const messagesCommand = new Command('messages')
  .description(
    'Send messages through the granule handler while one in ten requests fails and its process is killed. The last line is one JSON object. The exit code is 1 if a message is lost or dead without cause.',
  )
  .option('--count <n>', 'messages', wholeNumber('--count', 1), 10_000)
  .option('--kills <k>', 'number of kills', wholeNumber('--kills', 0), 20)
  .option(
    '--seed <s>',
    'seed for the messages, faults and times of the kills',
    wholeNumber('--seed', 0),
    1,
  )
  .action(async (options: MessagesOptions) => {
    const summary = await bench(options);
    const failures = benchFailures(summary);
    reportFaults(summaryText(summary), { summary, failures });
  });

async function bench({ count, kills, seed }: MessagesOptions): Promise<BenchSummary> {
  const folder = mkdtempSync(join(tmpdir(), 'fault-bench-'));
  const progress = startProgress({ terminal: process.stderr, lineOf: messageLine });
  try {
    const workerFile = await bundleFile(join(import.meta.dirname, 'worker.ts'), folder);
    const onProgress = (done: number): void => {
      progress.update({ done, total: count, failed: 0 });
    };
    return await runFaultBench({ count, kills, seed, workerFile, onProgress });
  } finally {
    progress.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function summaryText(summary: BenchSummary): string {
  const { made, posted, dead, lost, doubled, duplicates, kills, tokens, seconds } = summary;
  const faults = Object.entries(summary.faults).toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  );
  const { malformed, broken, refused } = summary.deadByKind;
  return [
    `made     ${made} messages, ${duplicates} of them delivered twice`,
    `posted   ${posted}, doubled ${doubled}`,
    `dead     ${dead}: ${malformed} malformed, ${broken} without an Item, ${refused} refused by the ingestor`,
    `lost     ${lost}`,
    `faults   ${faults.map(([name, count]) => `${name}: ${count}`).join(', ')}`,
    `killed   ${kills} processes`,
    `tokens   ${tokens}, ${summary.needlessTokens} of them unnecessary`,
    `in       ${seconds.toFixed(1)} s (${Math.round(made / seconds)} messages/s)`,
  ].join('\n');
}
