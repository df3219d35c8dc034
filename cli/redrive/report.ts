import type { DeadLetter } from './dead-letter.js';
import { groupLetters } from './groups.js';
import type { RedriveResult } from './send.js';
import { counted, cut, printable, shortTime, tableLines } from '../shared/table.js';

export interface RedriveSubject {
  readonly pipeline: string;
  /** All that there are. */
  readonly total: number;
  /** Those that the filters chose. */
  readonly letters: readonly DeadLetter[];
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

/** What a person sees. */
export function listText(subject: RedriveSubject): string {
  const { letters, notes } = subject;
  const groups = groupLetters(letters);
  const rows = groups.map(({ count, kind, oldest, newest, reason, example }) => [
    String(count),
    kind ?? '-',
    shortTime(oldest),
    shortTime(newest),
    `${cut(reason, REASON_WIDTH)}  (${count > 1 ? 'the oldest' : 'it'}: ${example})`,
  ]);
  const table = rows.length === 0 ? [] : ['', ...tableLines(COLUMNS, rows)];
  return [headline(subject), ...table, ...malformedLines(letters), ...notes.map(note)].join('\n');
}

function headline({ pipeline, total, letters }: RedriveSubject): string {
  if (total === 0) return `${pipeline}: no dead letters.`;
  const queues = new Map<string, number>();
  for (const { queue } of letters) queues.set(queue, (queues.get(queue) ?? 0) + 1);
  const places = [...queues].map(([queue, count]) => `${count} in ${queue}`).join(', ');
  const all = counted(total, 'dead letter');
  if (letters.length === 0) return `${pipeline}: ${all}, none of them chosen.`;
  if (letters.length === total) return `${pipeline}: ${all} (${places}).`;
  return `${pipeline}: ${letters.length} of ${all} chosen (${places}).`;
}

/** Reported one by one: somebody has to look at each. */
function malformedLines(letters: readonly DeadLetter[]): string[] {
  const malformed = letters.filter((letter) => letter.malformed !== undefined);
  if (malformed.length === 0) return [];
  const shown = malformed
    .slice(0, 20)
    .map(({ id, malformed: why = '' }) => `  ${id}: ${cut(printable(why), 200)}`);
  const more = malformed.length - shown.length;
  return [
    '',
    `${counted(malformed.length, 'message')} that no handler can read, never sent again:`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more (--json shows all)`] : []),
  ];
}

function note(text: string): string {
  return `Not read: ${printable(text)}`;
}

/** What a send did, in sentences. */
export function resultText(result: RedriveResult): string {
  const { sent, finished, maybeTwice, gone, refused, fault, details } = result;
  const lines = ['', `Sent ${counted(sent, 'message')} again.`];
  if (finished > 0) {
    lines.push(
      `${counted(finished, 'message')} had been sent by an interrupted redrive: only deleted now.`,
    );
  }
  if (maybeTwice > 0) {
    lines.push(
      `Of these ${maybeTwice} may have been sent before: the last redrive was killed while it sent them. An Item posted twice replaces itself.`,
    );
  }
  if (gone > 0) lines.push(`${counted(gone, 'message')} had gone from the dead letters meanwhile.`);
  for (const { id, reason } of refused)
    lines.push(`Not sent, still a dead letter: ${id}: ${printable(reason)}`);
  if (fault !== undefined) {
    lines.push(
      `Stopped before its end: ${printable(fault)}. What was not sent is still a dead letter.`,
    );
  }
  if (details !== undefined) lines.push(details);
  return lines.join('\n');
}

/** What --json prints. */
export function redriveJson(subject: RedriveSubject, result: RedriveResult | undefined): string {
  const { pipeline, total, letters, notes } = subject;
  const document = {
    pipeline,
    total,
    chosen: letters.length,
    groups: groupLetters(letters),
    letters: letters.map(withoutHandle),
    notes,
    ...(result && { result }),
  };
  return JSON.stringify(document, undefined, 2);
}

/** SQS's handle of a message is good for nobody but this process. */
function withoutHandle(letter: DeadLetter): DeadLetter {
  return { ...letter, receiptHandle: undefined } as DeadLetter;
}
