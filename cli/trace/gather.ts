import { within } from '../../lambdas/runtime/within.js';
import { errorText } from '../shared/deployed-pipeline.js';
import { concluded, type Conclusion } from './conclusion.js';
import type { SourceReport, TraceEvent } from './event.js';
import { withoutSecrets } from './secrets.js';
import type { LeftOut, Source } from './source.js';
import { learnFrom, unique, type TraceSubject } from './subject.js';

/** Everything that is known about one granule, key or Item. */
export interface Trace extends Conclusion {
  readonly subject: TraceSubject;
  /** The earliest first; those without a time are last. */
  readonly events: readonly TraceEvent[];
  readonly sources: readonly SourceReport[];
}

export interface GatherOptions {
  readonly sources: readonly Source[];
  readonly leftOut: readonly LeftOut[];
  /** How long all sources may take together: they are asked at the same time. */
  readonly waitMs: number;
  readonly now?: () => number;
}

/** An Item id that is found leads to messages, and these to lines of the log without an Item. */
const ROUNDS = 3;

interface Asked {
  readonly source: Source;
  readonly askedAt: string;
  readonly wanted: Set<string>;
  readonly events: Map<string, TraceEvent>;
  note?: string | undefined;
  fault?: string | undefined;
}

/**
 * Asks all sources at the same time, and again for what the others found out. A source that fails or does not answer in
 * time is reported as unknown. Never rejects.
 */
export async function gatherTrace(
  first: TraceSubject,
  { sources, leftOut, waitMs, now = Date.now }: GatherOptions,
): Promise<Trace> {
  const deadline = now() + waitMs;
  const askedAt = new Date(now()).toISOString();
  const all = sources.map((source): Asked => {
    return { source, askedAt, wanted: new Set(), events: new Map() };
  });
  let subject = first;
  for (let round = 0; round < ROUNDS; round += 1) {
    const current = subject;
    const open = all.filter(
      ({ source, wanted, fault }) =>
        fault === undefined && source.wants(current).some((word) => !wanted.has(word)),
    );
    if (open.length === 0 || (round > 0 && now() >= deadline)) break;
    await Promise.all(open.map((one) => askOnce(one, current, deadline)));
    subject = learnFrom(subject, all.flatMap(eventsOf));
  }
  const events = all.flatMap(eventsOf).toSorted(byTime);
  const reports = [
    ...all.map(reportOf),
    ...leftOut.map(({ name, why }): SourceReport => {
      return { source: name, state: 'not asked', askedAt, why, isFault: false };
    }),
  ];
  const trace = { subject, events, sources: reports };
  return { ...trace, ...concluded(trace, now()) };
}

async function askOnce(asked: Asked, subject: TraceSubject, deadline: number): Promise<void> {
  const { source, wanted, events } = asked;
  const fresh = unique(source.wants(subject)).filter((word) => !wanted.has(word));
  for (const word of fresh) wanted.add(word);
  try {
    const asking = source.ask({ subject, wanted: fresh, deadline });
    const limitMs = Math.max(0, deadline - Date.now()) + GRACE_MS;
    const { events: found, note } = await within(limitMs, asking, () => {
      throw new Error('it did not answer in time: wait longer with --wait <seconds>');
    });
    for (const event of found.map(clean)) events.set(JSON.stringify(event), event);
    asked.note ??= note === undefined ? undefined : withoutSecrets(note);
  } catch (error) {
    asked.fault = withoutSecrets(errorText(error));
  }
}

/** A source should keep to the deadline itself; this is for those that hang. */
const GRACE_MS = 2_000;

function clean(event: TraceEvent): TraceEvent {
  const { what, reason, about } = event;
  return {
    ...event,
    what: withoutSecrets(what),
    ...(reason !== undefined && { reason: withoutSecrets(reason) }),
    ...(about !== undefined && { about: withoutSecrets(about) }),
  };
}

function eventsOf({ events }: Asked): TraceEvent[] {
  return [...events.values()];
}

function reportOf({ source, askedAt, wanted, events, note, fault }: Asked): SourceReport {
  const base = { source: source.name, askedAt, scope: source.scope };
  if (fault !== undefined) return { ...base, state: 'unknown', why: fault, isFault: true };
  if (wanted.size === 0)
    return {
      ...base,
      state: 'unknown',
      why: source.without ?? 'there is nothing to look for',
      isFault: false,
    };
  if (note !== undefined && events.size === 0)
    return { ...base, state: 'unknown', why: note, isFault: true };
  return {
    ...base,
    state: events.size > 0 ? 'found' : 'nothing',
    why: note,
    isFault: note !== undefined,
  };
}

function byTime({ at: one }: TraceEvent, { at: other }: TraceEvent): number {
  if (one === other) return 0;
  if (one === undefined) return 1;
  if (other === undefined) return -1;
  return one < other ? -1 : 1;
}
