import type { FailureCount } from './folder.js';

/** What a local run did. */
export interface RunSummary {
  readonly folder: string;
  readonly made: number;
  readonly posted: number;
  /** Messages that name nothing to make an Item of. */
  readonly skipped: number;
  /** In the folder: the same Item made twice counts once. */
  readonly items: number;
  /** Messages whose outcome an interrupted run had left. */
  readonly doneBefore: number;
  readonly failures: ReadonlyMap<string, FailureCount>;
  /** Why the Collection was not posted. */
  readonly collectionFault: string | undefined;
  readonly warnings: number;
  readonly tokenRequests: number;
  readonly seconds: number;
  readonly isInterrupted: boolean;
  readonly isDryRun: boolean;
}

const MAX_EXAMPLE = 300;

/** For a person to read at the end of a run. */
export function summaryText(summary: RunSummary): string {
  const { made, posted, seconds, folder, isInterrupted, isDryRun } = summary;
  const rate = seconds > 0 ? ` (${Math.round(made / seconds)} Items/s)` : '';
  const lines = [
    isDryRun ? `made ${made}, posted none: a dry run` : `made ${made}, posted ${posted}`,
    ...(summary.items === made ? [] : [`items.ndjson holds ${summary.items}: the last of each id`]),
    ...(summary.skipped > 0 ? [`skipped ${summary.skipped}: nothing to make an Item of`] : []),
    ...(summary.doneBefore > 0
      ? [`done before ${summary.doneBefore}: taken from the interrupted run`]
      : []),
    ...failureLines(summary),
    ...(summary.warnings > 0 ? [`warnings ${summary.warnings}: see log.ndjson`] : []),
    `${seconds.toFixed(1)} s${rate}`,
    `see ${folder}/index.html`,
  ];
  if (isInterrupted)
    lines.unshift('interrupted: what was in flight is finished; run the same again to go on');
  return `${lines.join('\n')}\n`;
}

export function failureCount({
  failures,
  collectionFault,
}: Pick<RunSummary, 'failures'> & Partial<Pick<RunSummary, 'collectionFault'>>): number {
  const messages = [...failures.values()].reduce((sum, { count }) => sum + count, 0);
  return messages + (collectionFault === undefined ? 0 : 1);
}

function failureLines(summary: RunSummary): string[] {
  const { failures, collectionFault } = summary;
  const failed = failureCount(summary);
  if (failed === 0) return ['failed 0'];
  const sorted = [...failures].sort(([, a], [, b]) => b.count - a.count);
  return [
    `failed ${failed}: see dead-letters.ndjson`,
    ...sorted.map(([name, { count, example }]) => `  ${count} ${name}, as: ${cut(example)}`),
    ...(collectionFault === undefined
      ? []
      : [`  the Collection was not posted: ${cut(collectionFault)}`]),
  ];
}

function cut(text: string): string {
  const line = text.replaceAll('\n', ' ');
  return line.length <= MAX_EXAMPLE ? line : `${line.slice(0, MAX_EXAMPLE)}...`;
}
