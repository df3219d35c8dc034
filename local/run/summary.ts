import { cutReason } from '../../lambdas/runtime/unexpected.js';
import { roundTripText } from '../input/round-trip.js';
import type { FailureCount } from './folder.js';

/** The results of a local run. */
export interface RunSummary {
  readonly folder: string;
  /** Number of Items that were made and posted, each once for a message that needed more than one attempt. */
  readonly made: number;
  readonly posted: number;
  /** Number of attempts at messages that had failed before. */
  readonly retries: number;
  /** Number of messages without a granule for this pipeline, or with one that has no Items. */
  readonly skipped: number;
  /** Messages of a backfill, and how many of them name a granule. */
  readonly backfill: { readonly messages: number; readonly named: number };
  /** Number of distinct Items in the folder. */
  readonly items: number;
  /** Number of messages that an interrupted run had finished. */
  readonly doneBefore: number;
  readonly failures: ReadonlyMap<string, FailureCount>;
  /** Error message if the Collection was not posted. */
  readonly collectionFault: string | undefined;
  /** Why the input is not complete; undefined if it is. */
  readonly inputFault: string | undefined;
  /** Lines about the input. */
  readonly notes: readonly string[];
  readonly warnings: number;
  readonly tokenRequests: number;
  readonly seconds: number;
  readonly isInterrupted: boolean;
  readonly isDryRun: boolean;
}

const MAX_EXAMPLE = 300;

/** Returns the text that is printed at the end of a run. */
export function summaryText(summary: RunSummary): string {
  const { made, posted, seconds, folder, isInterrupted, isDryRun } = summary;
  const rate = seconds > 0 ? ` (${Math.round(made / seconds)} Items/s)` : '';
  const lost = roundTripText(summary.backfill);
  const lines = [
    isDryRun ? `made ${made}, posted none (dry run)` : `made ${made}, posted ${posted}`,
    ...(summary.items === made ? [] : [`items.ndjson holds ${summary.items}: the last of each id`]),
    ...(summary.retries > 0
      ? [`retries ${summary.retries}: attempts at messages that had failed before`]
      : []),
    ...(summary.skipped > 0 ? [`skipped ${summary.skipped}: messages that gave no Item`] : []),
    ...(summary.doneBefore > 0
      ? [`done before ${summary.doneBefore}: finished by the interrupted run`]
      : []),
    ...(lost === undefined ? [] : [lost]),
    ...summary.notes,
    ...failureLines(summary),
    ...(summary.warnings > 0 ? [`warnings ${summary.warnings}: see log.ndjson`] : []),
    `${seconds.toFixed(1)} s${rate}`,
    `see ${folder}/index.html`,
  ];
  if (isInterrupted)
    lines.unshift(
      'interrupted: in-flight messages were finished; run the same command again to resume',
    );
  return `${lines.join('\n')}\n`;
}

type Failures = Pick<RunSummary, 'failures'> &
  Partial<Pick<RunSummary, 'collectionFault' | 'inputFault'>>;

export function failureCount({ failures, collectionFault, inputFault }: Failures): number {
  const others = [collectionFault, inputFault].filter((fault) => fault !== undefined);
  return deadLetterCount({ failures }) + others.length;
}

/** Returns the number of messages that failed for good. */
export function deadLetterCount({ failures }: Pick<RunSummary, 'failures'>): number {
  return [...failures.values()].reduce((sum, { count }) => sum + count, 0);
}

function failureLines(summary: RunSummary): string[] {
  const { failures, collectionFault, inputFault } = summary;
  const failed = failureCount(summary);
  if (failed === 0) return ['failed 0'];
  const sorted = [...failures].sort(([, a], [, b]) => b.count - a.count);
  return [
    `failed ${failed}: see dead-letters.ndjson`,
    ...sorted.map(
      ([name, { count, example }]) => `  ${count} ${name}, for example: ${truncate(example)}`,
    ),
    ...(collectionFault === undefined
      ? []
      : [`  the Collection was not posted: ${truncate(collectionFault)}`]),
    ...(inputFault === undefined ? [] : [`  the input is not complete: ${oneLine(inputFault)}`]),
  ];
}

function oneLine(text: string): string {
  return text.replaceAll('\n', ' ');
}

function truncate(text: string): string {
  return cutReason(oneLine(text), MAX_EXAMPLE);
}
