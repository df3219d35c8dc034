import { cutReason } from '../../lambdas/runtime/unexpected.js';
import type { DeadLetter } from './dead-letter.js';
import { groupDeadLetters } from './groups.js';
import type { DiscardResult } from './discard.js';
import type { RedriveResult } from './send.js';
import { counted, cut, printable, shortTime, tableLines } from '../shared/table.js';

export interface RedriveSubject {
  readonly pipeline: string;
  /** Number of dead letters before filtering. */
  readonly total: number;
  /** The dead letters that match the filters. */
  readonly deadLetters: readonly DeadLetter[];
  readonly notes: readonly string[];
}

const COLUMNS = [
  { title: 'COUNT', align: 'right' },
  { title: 'KIND' },
  { title: 'OLDEST' },
  { title: 'NEWEST' },
  { title: 'REASON' },
] as const;
const REASON_WIDTH = 160;
const MOST_GROUPS = 30;

/** The list as a table for the terminal. */
export function listText(subject: RedriveSubject): string {
  const { deadLetters, notes } = subject;
  const groups = groupDeadLetters(deadLetters);
  const shown = groups.slice(0, MOST_GROUPS);
  const rows = shown.map(({ count, kind, oldest, newest, reason, example }) => [
    String(count),
    kind ?? '-',
    shortTime(oldest),
    shortTime(newest),
    `${cutReason(reason, REASON_WIDTH)}  (${count > 1 ? 'oldest' : 'message'}: ${example})`,
  ]);
  const more = groups.length - shown.length;
  const rest = more > 0 ? [`and ${counted(more, 'more reason')} (use --json to see all)`] : [];
  const table = rows.length === 0 ? [] : ['', ...tableLines(COLUMNS, rows), ...rest];
  return [
    headline(subject),
    ...table,
    ...malformedLines(deadLetters),
    ...rowLines(subject),
    ...eventLines(subject),
    ...notes.map(note),
  ].join('\n');
}

function headline({ pipeline, total, deadLetters }: RedriveSubject): string {
  if (total === 0) return `${pipeline}: no dead letters.`;
  const queues = new Map<string, number>();
  for (const { queue } of deadLetters) queues.set(queue, (queues.get(queue) ?? 0) + 1);
  const places = [...queues].map(([queue, count]) => `${count} in ${queue}`).join(', ');
  const all = counted(total, 'dead letter');
  if (deadLetters.length === 0) return `${pipeline}: ${all}, none of which match the filters.`;
  if (deadLetters.length === total) return `${pipeline}: ${all} (${places}).`;
  return `${pipeline}: ${deadLetters.length} of ${all} match the filters (${places}).`;
}

/** Lists malformed messages one by one, since each one needs attention. */
function malformedLines(deadLetters: readonly DeadLetter[]): string[] {
  const malformed = deadLetters.filter((deadLetter) => deadLetter.malformed !== undefined);
  if (malformed.length === 0) return [];
  const shown = malformed
    .slice(0, 20)
    .map(({ id, malformed: why = '' }) => `  ${id}: ${cut(printable(why), 200)}`);
  const more = malformed.length - shown.length;
  return [
    '',
    `${counted(malformed.length, 'message')} that no handler can parse; not sent again:`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more (use --json to see all)`] : []),
  ];
}

/** Says what to do about rows that the backfill refused. */
function rowLines({ pipeline, deadLetters }: RedriveSubject): string[] {
  const count = deadLetters.filter(({ refusedRow }) => refusedRow !== undefined).length;
  if (count === 0) return [];
  return [
    '',
    `${counted(count, 'row')} of the inventory that the backfill refused; not sent, because there is no message.`,
    `  Fix historic.ts, then backfill the rows again: deploy and npm run backfill -- ${pipeline} restart, or the same npm run local.`,
  ];
}

/** Says what to do about events of functions and schedules. */
function eventLines({ pipeline, deadLetters }: RedriveSubject): string[] {
  const count = deadLetters.filter(({ isEvent }) => isEvent).length;
  if (count === 0) return [];
  return [
    '',
    `${counted(count, 'event')} of functions and schedules that failed for good; not sent, because a later run does the work again.`,
    `  When the cause is gone: npm run redrive -- ${pipeline} --discard --to dead-letters.ndjson`,
  ];
}

/** The result of a discard for the terminal. */
export function discardedText({ discarded, gone, fault }: DiscardResult, to: string): string {
  return [
    '',
    `Wrote ${counted(discarded, 'dead letter')} to ${to} and deleted them from their queues.`,
    ...(gone > 0 ? [`${counted(gone, 'dead letter')} had left the queue in the meantime.`] : []),
    ...(fault === undefined
      ? []
      : [`Stopped early: ${printable(fault)}. The others are still dead letters.`]),
  ].join('\n');
}

function note(text: string): string {
  return `Could not read: ${printable(text)}`;
}

/** The result of a send for the terminal. */
export function resultText(result: RedriveResult): string {
  const { sent, finished, maybeTwice, gone, refused, fault, details } = result;
  const lines = ['', `Sent ${counted(sent, 'message')} again.`];
  if (finished > 0) {
    lines.push(
      `${counted(finished, 'message')} had already been sent by an interrupted redrive and only had to be deleted.`,
    );
  }
  if (maybeTwice > 0) {
    lines.push(
      `${maybeTwice} of these may have been sent twice, because the last redrive was killed while sending them. Posting an Item twice has no effect.`,
    );
  }
  if (gone > 0)
    lines.push(`${counted(gone, 'message')} had left the dead-letter queue in the meantime.`);
  for (const { id, reason } of refused)
    lines.push(`Not sent, still in the dead-letter queue: ${id}: ${printable(reason)}`);
  if (fault !== undefined) {
    lines.push(
      `Stopped early: ${printable(fault)}. Messages that were not sent are still dead letters.`,
    );
  }
  if (details !== undefined) lines.push(details);
  return lines.join('\n');
}

export interface RedriveOutcome {
  readonly result?: RedriveResult | undefined;
  readonly discarded?: DiscardResult | undefined;
}

/** The output of --json. */
export function redriveJson(
  subject: RedriveSubject,
  { result, discarded }: RedriveOutcome = {},
): string {
  const { pipeline, total, deadLetters, notes } = subject;
  const document = {
    pipeline,
    total,
    chosen: deadLetters.length,
    groups: groupDeadLetters(deadLetters),
    letters: deadLetters.map(withoutHandle),
    notes,
    ...(result && { result }),
    ...(discarded && { discarded }),
  };
  return JSON.stringify(document, undefined, 2);
}

/** Removes the receipt handle, which is useless outside this process. */
function withoutHandle(deadLetter: DeadLetter): DeadLetter {
  return { ...deadLetter, receiptHandle: undefined } as DeadLetter;
}
