import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { bundleFile } from '../../../cli/shared/bundle-file.js';
import { wholeNumber } from '../../../cli/shared/command.js';
import { reportFaults } from '../report.js';
import type { ChaosSummary } from './ledger.js';

export const chaosCommand = new Command('chaos')
  .description(
    'Send messages through the deployed handler while S3, Cognito, the ingestor, DynamoDB and SQS hang, fail or are down for a time, and processes are killed. The last line is one JSON object. The exit code is 1 if a message is lost, or dead because of an outage, or an invocation is wasted.',
  )
  .option('--seed <s>', 'seed for the messages, faults and kills', wholeNumber('--seed', 0), 1)
  .action(async ({ seed }: { readonly seed: number }) => {
    const summary = await chaos(seed);
    reportFaults(chaosText(summary), { summary, failures: chaosFailures(summary) });
  });

async function chaos(seed: number): Promise<ChaosSummary> {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
  try {
    const [worker, pipeline] = await Promise.all(
      ['worker.ts', 'pipeline.ts'].map((name) =>
        bundleFile(join(import.meta.dirname, name), folder),
      ),
    );
    const args = ['--no-warnings', worker ?? '', String(seed), pipeline ?? ''];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return JSON.parse(stdout) as ChaosSummary;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function chaosText(summary: ChaosSummary): string {
  const { made, posted, dead, outageDead, lost, invocations, timedOut, seconds } = summary;
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name}: ${count}`)
      .toSorted()
      .join(', ');
  return [
    `made     ${made} messages`,
    `posted   ${posted}`,
    `dead     ${dead} (${list(summary.deadByPoison)}), ${outageDead} because of an outage`,
    `lost     ${lost}`,
    `invoked  ${invocations} times, ${summary.wastedInvocations} wasted, ${timedOut} timed out`,
    `faults   ${list(summary.faults)}`,
    `in       ${seconds.toFixed(1)} s, ${summary.minutes.toFixed(0)} minutes on the clock of the run`,
  ].join('\n');
}

/** The problems of a run, one sentence each; empty if it passed. */
export function chaosFailures(summary: ChaosSummary): string[] {
  const { lost, outageDead, missingDead, waiting, notInjected, outageReasons } = summary;
  const { wastedInvocations } = summary;
  return [
    ...(lost > 0 ? [`${lost} messages were lost: they are neither posted nor dead letters`] : []),
    ...(outageDead > 0
      ? [
          `${outageDead} dead letters have only an outage as their cause: ${outageReasons.join('; ')}`,
        ]
      : []),
    ...(wastedInvocations > 0
      ? [
          `${wastedInvocations} invocations posted nothing although something could have been posted`,
        ]
      : []),
    ...(missingDead > 0
      ? [`${missingDead} messages that cannot succeed are not dead letters`]
      : []),
    ...(waiting > 0 ? [`${waiting} messages were still in the queue when the time was over`] : []),
    ...(notInjected.length > 0 ? [`planned faults never occurred: ${notInjected.join(', ')}`] : []),
  ];
}
