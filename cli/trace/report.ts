import { cut, printable, shortTime, tableLines } from '../shared/table.js';
import type { SourceReport, TraceEvent } from './event.js';
import type { Trace } from './gather.js';

export interface TraceHead {
  readonly pipeline: string;
  readonly collection: string;
}

const COLUMNS = [{ title: 'TIME' }, { title: 'SOURCE' }, { title: 'WHAT' }] as const;
const WIDTH = 400;
const SHOWN_EVENTS = 50;

/** The trace for the terminal. */
export function traceText({ pipeline, collection }: TraceHead, trace: Trace): string {
  const { events, sources, conclusion, subject } = trace;
  const shown = events.slice(-SHOWN_EVENTS);
  const more = events.length - shown.length;
  return [
    `${pipeline} (Collection ${collection}): ${printable(subject.given)}`,
    '',
    ...(more > 0 ? [`${more} earlier events are left out (use --json to see all)`] : []),
    ...(shown.length === 0 ? ['Nothing was found.'] : tableLines(COLUMNS, shown.map(eventRow))),
    '',
    ...sources.filter(({ state, why }) => state !== 'found' || why !== undefined).map(sourceLine),
    '',
    printable(conclusion),
  ].join('\n');
}

/** The output of --json. */
export function traceJson({ pipeline, collection }: TraceHead, trace: Trace): string {
  const { subject, events, sources, conclusion, needsAttention } = trace;
  const { given, itemIds } = subject;
  const found = new Set(events.flatMap(({ itemIds: ids = [] }) => ids));
  const document = {
    pipeline,
    collection,
    given,
    itemIds: itemIds.filter((id) => found.has(id)),
    events,
    sources,
    conclusion,
    needsAttention,
  };
  return JSON.stringify(document, undefined, 2);
}

function eventRow(event: TraceEvent): string[] {
  const { at, source, what, reason, itemIds = [], about, messageId } = event;
  const parts = [
    reason === undefined ? what : `${what}: ${reason}`,
    ...(itemIds.length === 0 ? [] : [`Item ${itemIds.join(', ')}`]),
    ...(about === undefined ? [] : [about]),
    ...(messageId === undefined ? [] : [`message ${messageId}`]),
  ];
  return [
    at === undefined ? '-' : `${at.slice(0, 19).replace('T', ' ')}Z`,
    source,
    cut(parts.join('; '), WIDTH),
  ];
}

const STATES = {
  found: 'incomplete',
  nothing: 'nothing',
  unknown: 'unknown',
  'not asked': 'not asked',
} as const;

function sourceLine({ source, state, askedAt, scope, why }: SourceReport): string {
  const reason = why === undefined ? '' : `: ${printable(why)}`;
  const range = scope === undefined ? '' : ` (searched ${scope})`;
  return `${source}, ${shortTime(askedAt)}: ${STATES[state]}${range}${reason}`;
}
