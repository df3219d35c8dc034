import { seededRandom } from '../../../local/http/faults.js';

/** Kinds of messages that can only become dead letters, by the step that fails. */
export type Poison = 'malformed' | 'broken' | 'refused';

export interface BenchMessage {
  readonly id: string;
  readonly body: string;
  /** undefined if the message can become an Item. */
  readonly poison: Poison | undefined;
  /** How often the queue delivers it, apart from kills and retries. */
  readonly copies: 1 | 2;
}

const POISONS = ['malformed', 'broken', 'refused'] as const;
const POISON_SHARE = 0.01;
const DUPLICATE_SHARE = 0.01;
const BUCKET = 'bench';

/** Generates `count` messages of every shape that a pipeline's queue receives; the same seed gives the same messages. */
export function benchMessages(count: number, seed: number): BenchMessage[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const poison = random() < POISON_SHARE ? pick(POISONS, random()) : undefined;
    const id = `${poison ?? 'good'}-${String(index).padStart(6, '0')}`;
    const copies = random() < DUPLICATE_SHARE ? 2 : 1;
    const body = poison === 'malformed' ? malformed(id) : pick(SHAPES, random())(`${id}.safe`);
    return { id, body, poison, copies };
  });
}

/** The envelopes in which a key arrives. */
const SHAPES: readonly ((key: string) => string)[] = [
  s3Event,
  (key) => snsEnvelope(s3Event(key)),
  (key) =>
    JSON.stringify({
      'detail-type': 'Object Created',
      detail: { bucket: { name: BUCKET }, object: { key } },
    }),
  (key) => JSON.stringify({ key }),
  (key) => snsEnvelope(JSON.stringify({ key })),
];

function s3Event(key: string): string {
  const s3 = { bucket: { name: BUCKET }, object: { key, size: 1 } };
  return JSON.stringify({
    Records: [{ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }],
  });
}

function snsEnvelope(Message: string): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: 'n',
    TopicArn: 'arn:aws:sns:x',
    Message,
  });
}

/** An incomplete S3 event. */
function malformed(id: string): string {
  return JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put', s3: { id } }] });
}

export function pick<T>(values: readonly [T, ...T[]] | readonly T[], at: number): T {
  return values[Math.floor(at * values.length)] as T;
}
