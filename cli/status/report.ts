import { addCounts } from '../../lambdas/backfill/counts.js';
import { type BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { backfillState } from './backfill.js';
import { attentionOf, type PipelineStatus } from './pipeline-status.js';
import type { LastRun } from '../../lambdas/verify/progress.js';
import type { CatalogStatus } from './catalog.js';
import type { EventQueueStatus } from './events.js';
import type { Part } from './part.js';
import type { FailedIngestion } from './failed-ingestion.js';
import { functionLine } from './functions.js';
import { INGESTION_STATUSES, type IngestorStatus } from './ingestor.js';
import type { QueueStatus } from './queues.js';
import { counted, cut, duration, printable, shortTime, tableLines } from '../shared/table.js';
import { consumptionLine } from './consumption.js';

const QUEUE_COLUMNS = [
  { title: 'QUEUE' },
  { title: 'VISIBLE', align: 'right' },
  { title: 'IN FLIGHT', align: 'right' },
  { title: 'DELAYED', align: 'right' },
  { title: 'OLDEST', align: 'right' },
] as const;
const SHOWN_FAILURES = 10;

/** The status for the terminal. */
export function statusText(status: PipelineStatus): string {
  const attention = attentionOf(status);
  return [
    `${status.pipeline} (Collection ${status.collection})`,
    '',
    ...queueLines(status),
    '',
    ...shown(status.consumption, 'Consumption', (one) => [consumptionLine(one)]),
    ...shown(status.functions, 'Functions', (one) => [functionLine(one)]),
    ...shown(status.ingestor, 'Ingestor', ingestorLines),
    ...(status.catalog ? shown(status.catalog, 'STAC API', catalogLines) : []),
    ...(status.backfill ? shown(status.backfill, 'Backfill', backfillLines) : []),
    ...(status.repost ? shown(status.repost, 'Repost', repostLines) : []),
    ...(status.verification ? shown(status.verification, 'Verification', verificationLines) : []),
    '',
    ...(attention.length === 0
      ? ['No action needed.']
      : ['Action needed:', ...attention.map((sentence) => `  ${printable(sentence)}`)]),
  ].join('\n');
}

/** The output of --json. */
export function statusJson(status: PipelineStatus): string {
  return JSON.stringify({ ...status, attention: attentionOf(status) }, undefined, 2);
}

function shown<T>(part: Part<T>, title: string, lines: (value: T) => string[]): string[] {
  return 'error' in part
    ? [`${title}: could not be reached: ${printable(part.error)}`]
    : lines(part.value);
}

function queueLines(status: PipelineStatus): string[] {
  const parts: [string, Part<QueueStatus> | undefined][] = [
    ['granules', status.queue],
    ['dead letters', status.deadLetters],
    ["subscription's dead letters", status.subscriptionDeadLetters],
    ...status.events
      .filter(isWorthARow)
      .map(({ title, queue }) => [title, queue] as [string, Part<QueueStatus>]),
  ];
  const rows = parts.flatMap(([title, part]) =>
    part !== undefined && 'value' in part ? [queueRow(title, part.value)] : [],
  );
  const errors = parts.flatMap(([title, part]) =>
    part !== undefined && 'error' in part
      ? [`${title}: could not be reached: ${printable(part.error)}`]
      : [],
  );
  return [...(rows.length > 0 ? tableLines(QUEUE_COLUMNS, rows) : []), ...errors];
}

function isWorthARow({ queue }: EventQueueStatus): boolean {
  return 'error' in queue || queue.value.visible + queue.value.inFlight > 0;
}

function queueRow(
  title: string,
  { visible, inFlight, delayed, oldestSeconds }: QueueStatus,
): string[] {
  const numbers = [visible, inFlight, delayed].map((number) => number.toLocaleString('en'));
  return [title, ...numbers, oldestSeconds === undefined ? '-' : duration(oldestSeconds)];
}

function ingestorLines({ counts, failed }: IngestorStatus): string[] {
  const listed = INGESTION_STATUSES.map((status) => {
    const { count, hasMore } = counts[status];
    return `${status} ${count}${hasMore ? '+' : ''}`;
  });
  const isCut = INGESTION_STATUSES.some((status) => counts[status].hasMore);
  return [
    `Ingestor: ${listed.join(', ')}`,
    ...(isCut ? ['  (+ means that the ingestor has more than it lists)'] : []),
    ...failureLines(failed),
  ];
}

function failureLines(failed: readonly FailedIngestion[]): string[] {
  const lines = failed
    .slice(0, SHOWN_FAILURES)
    .map(({ id, message }) => `  failed ${printable(id)}: ${cut(printable(message), 200)}`);
  const more = failed.length - lines.length;
  return more > 0 ? [...lines, `  and ${more} more (use --json to see all)`] : lines;
}

function catalogLines({ url, items, uncounted }: CatalogStatus): string[] {
  const why = uncounted === undefined ? '' : `: ${uncounted}`;
  const count =
    items === undefined ? `does not report its number of Items${why}` : counted(items, 'Item');
  return [`STAC API: ${count} (${url})`];
}

function backfillLines(cursor: BackfillCursor | undefined): string[] {
  if (cursor === undefined) return ['Backfill: not started'];
  if (cursor.waitingFor !== undefined) return waitingLines(cursor, cursor.waitingFor);
  const { chunk, chunks, totals, counts, dt, updatedAt } = cursor;
  const { rows, sent, skipped, refused, archived = 0 } = addCounts(totals, counts);
  const left = archived === 0 ? '' : `, ${archived} archived objects left out`;
  const at = chunk === undefined ? '' : ` at ${chunk}`;
  return [
    `Backfill: ${backfillState(cursor)}${at}, as of ${shortTime(updatedAt)}` +
      (dt === undefined ? '' : `, report ${dt}`),
    `  ${counted(chunks, 'chunk')} done; ${rows} rows, ${sent} sent, ${skipped} skipped, ${refused} refused${left}`,
  ];
}

function repostLines(cursor: BackfillCursor | undefined): string[] {
  if (cursor?.range === undefined) return [];
  const { chunks, range, totals, counts, updatedAt } = cursor;
  const { rows, sent, refused } = addCounts(totals, counts);
  const which = range.from === undefined ? '' : ` of ${range.from} to ${range.to ?? ''}`;
  return [
    `Repost: ${backfillState(cursor)}${which}, as of ${shortTime(updatedAt)}`,
    `  ${chunks} of ${counted(range.count, 'chunk')} done; ${rows} rows, ${sent} sent, ${refused} refused`,
  ];
}

function waitingLines(cursor: BackfillCursor, missing: string): string[] {
  const since = shortTime(cursor.startedAt);
  return [
    `Backfill: ${backfillState(cursor)}, not started, its inventory is awaited since ${since}`,
    `  ${printable(missing)}`,
  ];
}

function verificationLines(run: LastRun | undefined): string[] {
  if (run === undefined) return ['Verification: no run yet'];
  const { checked, settled, isComplete, endedAt } = run;
  const rest = isComplete ? '' : '; its time did not suffice for the others';
  return [
    `Verification: ${counted(checked, 'Item')} checked, ${settled} of them settled, by the run that ended ` +
      `${shortTime(endedAt)}${rest}`,
  ];
}
