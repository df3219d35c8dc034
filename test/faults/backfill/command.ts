import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { messageLine, startProgress } from '../../../local/run/progress.js';
import { backfillFailures, type BackfillBenchSummary } from './ledger.js';
import { benchPageBytes, runBackfillBench } from './run.js';
import { bundleFile } from '../../../cli/shared/bundle-file.js';
import { reportFaults } from '../report.js';
import { wholeNumber } from '../../../cli/shared/command.js';

interface BackfillOptions {
  readonly count: number;
  readonly kills: number;
  readonly seed: number;
}

/** Inside the project, so that the worker finds the query engine, which cannot be bundled. */
const CACHE = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache');

export const backfillCommand = new Command('backfill')
  .description(
    'Backfill an inventory in a process that is repeatedly killed with SIGKILL and restarted. The last line is one JSON object. The exit code is 1 if a key is lost.',
  )
  .option('--count <n>', 'number of keys in the inventory', wholeNumber('--count', 1), 1_000_000)
  .option('--kills <k>', 'number of kills', wholeNumber('--kills', 0), 20)
  .option('--seed <s>', 'seed for the kinds and times of the kills', wholeNumber('--seed', 0), 1)
  .action(async (options: BackfillOptions) => {
    const { count, kills } = options;
    const summary = await bench(options);
    const failures = backfillFailures(summary, { kills, pageBytes: benchPageBytes(count) });
    reportFaults(backfillSummaryText(summary), { summary, failures });
  });

async function bench({ count, kills, seed }: BackfillOptions): Promise<BackfillBenchSummary> {
  const folder = mkdtempSync(join(tmpdir(), 'backfill-bench-'));
  mkdirSync(CACHE, { recursive: true });
  const bundles = mkdtempSync(join(CACHE, 'backfill-bench-'));
  const progress = startProgress({ terminal: process.stderr, lineOf: messageLine });
  try {
    const worker = join(import.meta.dirname, 'worker.ts');
    const workerFile = await bundleFile(worker, bundles, ['@duckdb/node-api']);
    const onProgress = (done: number): void => {
      progress.update({ done, total: count, failed: 0 });
    };
    return await runBackfillBench({ count, kills, seed, workerFile, folder, onProgress });
  } finally {
    progress.end();
    for (const path of [folder, bundles]) rmSync(path, { recursive: true, force: true });
  }
}

export function backfillSummaryText(summary: BackfillBenchSummary): string {
  const { keys, sent, lost, repeated, unexpected, kills, seconds } = summary;
  return [
    `keys     ${keys}`,
    `sent     ${sent} messages, ${repeated} of them repeated, ${unexpected} unexpected`,
    `lost     ${lost}`,
    `killed   ${kills} times`,
    `in       ${seconds.toFixed(1)} s (${Math.round(keys / seconds)} keys/s)`,
  ].join('\n');
}
