import { seededRandom } from '../../../local/http/faults.js';
import { MINUTE_MS } from './kinds.js';

export const PIPELINE = 'chaos';
export const BUCKET = 'granules';
/** The objects of a granule, in the order in which they are read. */
export const FILES = ['metadata.json', 'footprint.json'] as const;
export type FileName = (typeof FILES)[number];

/**
 * Messages that can only become dead letters:
 * - malformed: names no granule
 * - broken: its metadata is useless
 * - missing, late: its first or second object never arrives
 * - refused: the ingestor refuses its Item
 * - killer: kills the process that reads its first object, so that only the queue can end it
 * - unreadable, unpostable: S3 or the ingestor fails at every request for it, so that it fails on each of its receives
 */
export type Poison = keyof typeof POISONS;

export interface ChaosMessage {
  readonly id: string;
  readonly body: string;
  /** undefined if the message can become an Item. */
  readonly poison: Poison | undefined;
  /** When it is sent, in milliseconds after the start. */
  readonly atMs: number;
}

export const MESSAGES = 300;
const POISONS = {
  malformed: 2,
  broken: 2,
  missing: 2,
  late: 2,
  refused: 2,
  killer: 1,
  unreadable: 1,
  unpostable: 1,
};
const ID = new RegExp(`\\b(?:good|${Object.keys(POISONS).join('|')})-\\d{4}\\b`);
/** Messages arrive in bursts, as those of a satellite's pass do. */
const BURSTS = 20;
const SENDING_MINUTES = 26;

/** The messages of a seed, in the order of their times. */
export function chaosMessages(seed: number): ChaosMessage[] {
  const random = seededRandom(seed);
  const poisons = Object.entries(POISONS).flatMap(([poison, count]) =>
    Array.from({ length: count }, () => poison as Poison),
  );
  return Array.from({ length: MESSAGES }, (_, index): ChaosMessage => {
    const poison = poisons[index];
    const id = `${poison ?? 'good'}-${String(index).padStart(4, '0')}`;
    const body = JSON.stringify(poison === 'malformed' ? { id } : { path: `s3://${BUCKET}/${id}` });
    const burst = Math.floor(random() * BURSTS);
    return { id, body, poison, atMs: (burst / BURSTS) * SENDING_MINUTES * MINUTE_MS };
  }).toSorted((one, other) => one.atMs - other.atMs);
}

/** Returns the id of the granule that a text names: a message body, the path of an object, or an Item. */
export function granuleIdIn(text: string): string | undefined {
  return ID.exec(text)?.[0];
}

/** Returns the object of a granule; undefined if it does not exist. */
export function objectOf(id: string, file: string): string | undefined {
  if (id.startsWith('missing') || (id.startsWith('late') && file === FILES[1])) return undefined;
  if (file === FILES[1]) return JSON.stringify({ coordinates: [11, 48] });
  return JSON.stringify({ id, broken: id.startsWith('broken') });
}
