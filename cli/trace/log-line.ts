import { tryParseJson } from '../../lambdas/runtime/json.js';
import { cutReason } from '../../lambdas/runtime/unexpected.js';
import { isoTime } from '../redrive/dead-letter.js';
import type { EventKind, SourceName, TraceEvent } from './event.js';
import { mentions, type TraceSubject } from './subject.js';

/** A line as Logs Insights returns it. */
export interface LogLine {
  /** `2024-05-01 12:00:00.000`, in UTC. */
  readonly timestamp: string;
  /** JSON of the handlers' logger, or the text of Lambda itself. */
  readonly message: string;
}

const WIDTH = 300;

type Fields = Readonly<Record<string, unknown>>;

/** Whether the line has a word of the subject: Insights also finds parts of words. */
export function isLineAbout({ message }: LogLine, subject: TraceSubject): boolean {
  const { texts, itemIds, messageIds } = subject;
  const fields = fieldsOf(message);
  const values = fields === undefined ? [message] : textsIn(fields);
  const words = [...texts, ...itemIds, ...messageIds];
  return values.some((value) => mentions(value, words));
}

/** Returns what a line says. */
export function lineEvent(line: LogLine, source: SourceName): TraceEvent {
  const fields = fieldsOf(line.message);
  const at = isoTime(line.timestamp === '' ? undefined : `${line.timestamp.replace(' ', 'T')}Z`);
  if (fields === undefined)
    return { source, kind: 'logged', at, what: cutReason(line.message.trim(), WIDTH) };
  const text = (name: string): string | undefined => textOf(fields[name]);
  const { itemId } = fields;
  const itemIds = Array.isArray(itemId) ? itemId.map(String) : [text('itemId') ?? ''];
  return {
    source,
    ...meaningOf(fields),
    at: isoTime(text('timestamp')) ?? at,
    reason: reasonOf(fields),
    itemIds: itemIds.some((id) => id !== '') ? itemIds : undefined,
    messageId: text('messageId'),
    correlationId: text('correlationId'),
    about: text('about') ?? text('key') ?? text('href'),
  };
}

const OUTCOMES: Readonly<Record<string, string>> = {
  posted: 'the Item was posted',
  superseded: 'the message was left alone: a newer version of the Item was posted',
  skipped: 'the message was skipped: the pipeline makes no Item of it',
  retry: 'the message failed and is tried again',
  dead: 'the message failed for good and became a dead letter',
};

const INGESTIONS: Readonly<Record<string, readonly [EventKind, string]>> = {
  requeued: ['requeued', 'the Item was not loaded, so the verification sent its message again'],
  dead: ['dead', 'the Item was not loaded, and the verification made its message a dead letter'],
};

function meaningOf(fields: Fields): Pick<TraceEvent, 'kind' | 'what'> {
  const [message, outcome] = [textOf(fields['message']) ?? '', textOf(fields['outcome']) ?? ''];
  if (message === 'record' && OUTCOMES[outcome] !== undefined) {
    const receives = fields['receiveCount'];
    const times = typeof receives === 'number' ? ` (receive ${receives})` : '';
    return { kind: outcome as EventKind, what: `${OUTCOMES[outcome]}${times}` };
  }
  const [kind, what] = INGESTIONS[outcome] ?? [];
  if (message === 'ingestion' && kind !== undefined) return { kind, what: what ?? '' };
  if (message.startsWith('row refused'))
    return { kind: 'row-refused', what: `the backfill: ${message}` };
  const level = textOf(fields['level'])?.toLowerCase() ?? 'info';
  return { kind: 'logged', what: `${level}: ${cutReason(message, WIDTH)}` };
}

function reasonOf(fields: Fields): string | undefined {
  const texts = [textOf(fields['error']), textOf(fields['reason']), textOf(fields['detail'])];
  const given = texts.filter((text) => text !== undefined);
  return given.length === 0 ? undefined : cutReason(given.join(': '), 2 * WIDTH);
}

function fieldsOf(message: string): Fields | undefined {
  const value = tryParseJson(message);
  return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
