import { parseBody } from '../../lambdas/granule/message.js';
import { NO_REASON, timeOf, type DeadLetter } from './dead-letter.js';
import { cut, printable } from '../shared/table.js';

/** Dead letters whose reasons differ only in names and numbers. */
export interface DeadLetterGroup {
  readonly reason: string;
  readonly kind: string | undefined;
  readonly count: number;
  /** ISO 8601. */
  readonly oldest: string;
  /** ISO 8601. */
  readonly newest: string;
  /** The granule or message of the oldest one. */
  readonly example: string;
}

export interface DeadLetterFilter {
  /** Text in the reason or the error's name, in upper or lower case. */
  readonly reason?: string | undefined;
  /** ISO 8601. */
  readonly since?: string | undefined;
  readonly limit?: number | undefined;
}

/** Selects dead letters; the oldest come first. */
export function filterDeadLetters(
  deadLetters: readonly DeadLetter[],
  { reason, since, limit }: DeadLetterFilter,
): DeadLetter[] {
  const wanted = reason?.toLowerCase();
  return deadLetters
    .filter(
      (deadLetter) => wanted === undefined || textOf(deadLetter).toLowerCase().includes(wanted),
    )
    .filter((deadLetter) => since === undefined || timeOf(deadLetter) >= since)
    .toSorted((one, other) => (timeOf(one) < timeOf(other) ? -1 : 1))
    .slice(0, limit);
}

/** Groups dead letters by reason; the largest group comes first. */
export function groupDeadLetters(deadLetters: readonly DeadLetter[]): DeadLetterGroup[] {
  const groups = new Map<string, DeadLetter[]>();
  for (const deadLetter of deadLetters) {
    const key = `${deadLetter.kind ?? ''} ${generalized(textOf(deadLetter))}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [deadLetter]);
    else group.push(deadLetter);
  }
  return [...groups.values()]
    .flatMap((group) => groupOf(group) ?? [])
    .toSorted((one, other) => other.count - one.count);
}

function groupOf(deadLetters: readonly DeadLetter[]): DeadLetterGroup | undefined {
  const [first] = deadLetters;
  if (first === undefined) return undefined;
  const times = deadLetters.map(timeOf).toSorted();
  return {
    reason: deadLetters.length === 1 ? textOf(first) : generalized(textOf(first)),
    kind: first.kind,
    count: deadLetters.length,
    oldest: times[0] ?? '',
    newest: times.at(-1) ?? '',
    example: first.isEvent ? 'an event' : (first.refusedRow ?? first.itemId ?? subjectOf(first)),
  };
}

function textOf({ error, reason }: DeadLetter): string {
  if (reason === undefined) return NO_REASON;
  return error === undefined ? reason : `${error}: ${reason}`;
}

const EXCERPT_CHARACTERS = 80;

/** The href or content of the message, without its SNS envelope. */
function subjectOf({ body, malformed }: DeadLetter): string {
  const message = malformed === undefined ? parseBody(body).messages[0] : undefined;
  if (message?.type === 's3-object') return message.href;
  return cut(printable(message ? JSON.stringify(message.body) : body), EXCERPT_CHARACTERS);
}

/** A text in JSON, as responses of servers contain it, unless its key says that it is the message itself. */
const JSON_VALUE =
  /("(?!(?:msg|message|detail|title|error|code|type|reason|status)")[^"\\]*"\s*:\s*)"(?:[^"\\]|\\.)*"/g;

/** Replaces names and large numbers. HTTP statuses and line numbers stay, because they distinguish reasons. */
function generalized(text: string): string {
  return text
    .replaceAll(JSON_VALUE, '$1"..."')
    .replaceAll(/\b(?:s3|https?|file):\/\/[^\s'"]*[^\s'".,:;)]/g, '<href>')
    .replaceAll(/'[^']*'/g, "'...'")
    .replaceAll(/\b(?=[\w-]*\d)[\w-]{20,}/g, '<id>')
    .replaceAll(/\d{4,}/g, '<n>');
}
