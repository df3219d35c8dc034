import { parseBody } from '../../lambdas/granule/message.js';
import { NO_REASON, timeOf, type DeadLetter } from './dead-letter.js';
import { cut, printable } from '../shared/table.js';

/** Dead letters with the same reason, but for names and numbers in it. */
export interface DeadLetterGroup {
  readonly reason: string;
  readonly kind: string | undefined;
  readonly count: number;
  /** ISO times. */
  readonly oldest: string;
  readonly newest: string;
  /** What the oldest one was about. */
  readonly example: string;
}

export interface LetterFilter {
  /** A part of the reason or of the error's name, in any case. */
  readonly reason?: string | undefined;
  /** ISO time. */
  readonly since?: string | undefined;
  readonly limit?: number | undefined;
}

/** Oldest first. */
export function filterLetters(
  letters: readonly DeadLetter[],
  { reason, since, limit }: LetterFilter,
): DeadLetter[] {
  const wanted = reason?.toLowerCase();
  return letters
    .filter((letter) => wanted === undefined || textOf(letter).toLowerCase().includes(wanted))
    .filter((letter) => since === undefined || timeOf(letter) >= since)
    .toSorted((one, other) => (timeOf(one) < timeOf(other) ? -1 : 1))
    .slice(0, limit);
}

/** The largest first. */
export function groupLetters(letters: readonly DeadLetter[]): DeadLetterGroup[] {
  const groups = new Map<string, DeadLetter[]>();
  for (const letter of letters) {
    const key = `${letter.kind ?? ''} ${generalized(textOf(letter))}`;
    groups.set(key, [...(groups.get(key) ?? []), letter]);
  }
  return [...groups.values()]
    .flatMap((group) => groupOf(group) ?? [])
    .toSorted((one, other) => other.count - one.count);
}

function groupOf(letters: readonly DeadLetter[]): DeadLetterGroup | undefined {
  const [first] = letters;
  if (first === undefined) return undefined;
  const times = letters.map(timeOf).toSorted();
  return {
    // A group of one needs no generalization.
    reason: letters.length === 1 ? textOf(first) : generalized(textOf(first)),
    kind: first.kind,
    count: letters.length,
    oldest: times[0] ?? '',
    newest: times.at(-1) ?? '',
    example: first.itemId ?? subjectOf(first),
  };
}

function textOf({ error, reason }: DeadLetter): string {
  if (reason === undefined) return NO_REASON;
  return error === undefined ? reason : `${error}: ${reason}`;
}

const EXCERPT_CHARACTERS = 80;

/** What the message names, out of its envelope. */
function subjectOf({ body, malformed }: DeadLetter): string {
  const message = malformed === undefined ? parseBody(body).messages[0] : undefined;
  if (message?.type === 's3-object') return message.href;
  return cut(printable(message ? JSON.stringify(message.body) : body), EXCERPT_CHARACTERS);
}

/** HTTP statuses and line numbers stay: they tell reasons apart. */
function generalized(text: string): string {
  return text
    .replaceAll(/\b(?:s3|https?|file):\/\/[^\s'"]*[^\s'".,:;)]/g, '<href>')
    .replaceAll(/'[^']*'/g, "'...'")
    .replaceAll(/\b(?=[\w-]*\d)[\w-]{20,}/g, '<id>')
    .replaceAll(/\d{4,}/g, '<n>');
}
