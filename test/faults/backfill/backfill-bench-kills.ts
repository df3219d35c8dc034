import { seededRandom } from '../../../local/http/faults.js';

/**
 * When a process is killed.
 * - querying: while its query runs
 * - lost: as it sends a batch, which the queue never sees
 * - unanswered: when the queue has taken a batch, before its answer
 * - answered: with the answer on its way
 * - saving: while it writes the cursor
 */
export type KillKind = 'querying' | 'lost' | 'unanswered' | 'answered' | 'saving';

export interface PlannedKill {
  readonly kind: KillKind;
  /** Messages that the queue has taken before, repeated ones included. */
  readonly after: number;
}

const SENDING: readonly KillKind[] = ['lost', 'unanswered', 'answered', 'saving'];
// The local engine's query dies with its process, and a backfill starts one again five times at most.
const MAX_QUERYING = 4;
const QUERYING_SHARE = 0.2;
/** None so late that the backfill could be over before it. */
const LATEST = 0.9;

/** In the order in which they are due; the same for the same seed. */
export function plannedKills(kills: number, count: number, seed: number): PlannedKill[] {
  const random = seededRandom(seed);
  const querying = Math.min(MAX_QUERYING, Math.floor(kills * QUERYING_SHARE));
  const sending = Array.from({ length: kills - querying }, (): PlannedKill => {
    const after = 1 + Math.floor(random() * count * LATEST);
    return { kind: SENDING[Math.floor(random() * SENDING.length)] ?? 'lost', after };
  });
  return [
    ...Array.from({ length: querying }, (): PlannedKill => ({ kind: 'querying', after: 0 })),
    ...sending.toSorted((one, other) => one.after - other.after),
  ];
}
