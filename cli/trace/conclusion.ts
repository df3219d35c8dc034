import { shortTime } from '../shared/table.js';
import type { EventKind, SourceReport, TraceEvent } from './event.js';
import type { TraceSubject } from './subject.js';

export interface Conclusion {
  /** One sentence. */
  readonly conclusion: string;
  /** Whether someone has to act, or a source could not be asked. */
  readonly needsAttention: boolean;
}

interface Known {
  readonly subject: TraceSubject;
  /** The earliest first. */
  readonly events: readonly TraceEvent[];
  readonly sources: readonly SourceReport[];
}

interface Finding {
  readonly text: string;
  readonly isFine: boolean;
}

/** A loader gets its Items within seconds; the verification counts an Item as lost after an hour. */
const SLOW_MS = 3_600_000;
const OUTCOMES: ReadonlySet<EventKind> = new Set([
  'posted',
  'superseded',
  'skipped',
  'retry',
  'dead',
]);

/** Says in one sentence where the subject is now. */
export function concluded(known: Known, now: number): Conclusion {
  const { text, isFine } = findingOf(known, now);
  const faults = known.sources.filter(({ isFault }) => isFault).map(({ source }) => source);
  const unknown = faults.length === 0 ? '' : `; not known: ${faults.join(', ')}`;
  return { conclusion: `${text}${unknown}.`, needsAttention: !isFine || faults.length > 0 };
}

function findingOf(known: Known, now: number): Finding {
  const { events } = known;
  const last = (...kinds: EventKind[]) => events.findLast(({ kind }) => kinds.includes(kind));
  const letter = last('dead-letter');
  const item = last('item');
  if (item !== undefined) return inCatalogue(item, { letter, posted: last('posted', 'loaded') });
  if (letter !== undefined) return { text: inDeadLetters(letter), isFine: false };
  return fromIngestor(known, now) ?? fromLog(known) ?? neverSeen(known);
}

interface Beside {
  readonly letter: TraceEvent | undefined;
  readonly posted: TraceEvent | undefined;
}

/** The catalogue has no times of its own, so the time is that of the last post or load that is known. */
function inCatalogue(item: TraceEvent, { letter, posted }: Beside): Finding {
  const since = posted?.at === undefined ? '' : ` since ${shortTime(posted.at)}`;
  const text = `In the catalogue${since}, as Item ${idsOf(item)}`;
  const isLater = letter !== undefined && (letter.at ?? '') > (posted?.at ?? '');
  if (letter === undefined) return { text, isFine: true };
  const later = isLater ? 'a later message about it' : 'an earlier message about it';
  const why = letter.reason === undefined ? '' : ` because of ${letter.reason}`;
  return { text: `${text}, but ${later} is in the dead letters${why}`, isFine: false };
}

function inDeadLetters({ at, reason = 'no recorded reason' }: TraceEvent): string {
  return `In the dead letters since ${shortTime(at)} because of ${reason}; not in the catalogue as far as is known`;
}

function fromIngestor({ events }: Known, now: number): Finding | undefined {
  const ingestion = events.findLast(({ source }) => source === 'ingestor');
  const pending = events.findLast(({ source }) => source === 'pending posts');
  if (ingestion?.kind === 'failed')
    return {
      text: `Posted, but the ingestor failed to load it at ${shortTime(ingestion.at)}: ${ingestion.reason ?? ''}`,
      isFine: false,
    };
  if (pending?.kind === 'requeued')
    return {
      text: `Posted at ${shortTime(pending.at)} but not loaded; its message is back on the queue`,
      isFine: true,
    };
  if (ingestion?.kind === 'loaded')
    return {
      text: `Loaded at ${shortTime(ingestion.at)} by what the ingestor says, but not seen in the catalogue`,
      isFine: false,
    };
  const waiting = pending ?? ingestion;
  if (waiting === undefined) return undefined;
  const isSlow = waiting.at !== undefined && now - Date.parse(waiting.at) > SLOW_MS;
  const text = `Posted at ${shortTime(waiting.at)}, and not loaded yet`;
  return { text: isSlow ? `${text}, although that takes seconds` : text, isFine: !isSlow };
}

function fromLog({ events }: Known): Finding | undefined {
  const last = events.findLast(({ kind }) => OUTCOMES.has(kind));
  if (last === undefined) return undefined;
  const { kind, at, reason = 'no recorded reason' } = last;
  const time = shortTime(at);
  if (kind === 'superseded')
    return { text: `Left alone at ${time}, because a newer version was posted`, isFine: true };
  if (kind === 'skipped')
    return { text: `Skipped at ${time}: the pipeline makes no Item of it`, isFine: true };
  if (kind === 'retry')
    return { text: `Tried again since ${time} because of ${reason}`, isFine: false };
  const dead = `Became a dead letter at ${time} because of ${reason}, and is not in the dead letters any more`;
  const posted = `Posted at ${time}, but not seen in the catalogue`;
  return { text: kind === 'dead' ? dead : posted, isFine: false };
}

function neverSeen({ events, sources, subject }: Known): Finding {
  const refused = events.findLast(({ kind }) => kind === 'row-refused');
  if (refused !== undefined) {
    const { at, reason = 'no recorded reason' } = refused;
    return {
      text: `Refused by the backfill at ${shortTime(at)} because of ${reason}`,
      isFine: false,
    };
  }
  const logged = events.find(({ kind }) => kind === 'logged');
  const isListed = events.some(({ kind }) => kind === 'object');
  const text =
    logged === undefined
      ? notFound(sources, subject.given)
      : `Not posted as far as is known: the log mentions it at ${shortTime(logged.at)}`;
  return { text: isListed ? `In the inventory; ${firstLower(text)}` : text, isFine: false };
}

/** Never seen is said only if all sources answered. */
function notFound(sources: readonly SourceReport[], given: string): string {
  const nothing = sources.filter(({ state }) => state === 'nothing');
  if (nothing.length === 0) return `Nothing is known about ${given}`;
  const places = nothing.map(({ source, scope }) =>
    scope === undefined ? source : `${source} (${scope})`,
  );
  const never = sources.some(({ isFault }) => isFault) ? 'Not found' : 'Never seen';
  return `${never} in ${places.join(', ')}: ${given}`;
}

function firstLower(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}

function idsOf({ itemIds = [] }: TraceEvent): string {
  return itemIds.join(', ');
}
