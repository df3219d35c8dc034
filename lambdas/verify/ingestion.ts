import type { VerifyCollaborators } from './collaborators.js';
import type { PendingIngestion } from '../ingestor/pending.js';
import type { Ingestion, NoIngestion } from '../ingestor/reader.js';

/**
 * - loaded: the Item is in the catalogue, or its loading was cancelled
 * - waiting: it is not loaded yet, or its message is back on the queue
 * - requeued: its message was sent to the queue again
 * - dead: its message was sent to the dead-letter queue
 * - unsettled: it could not be checked, because the ingestor or the queue failed
 */
export type Verdict = 'loaded' | 'waiting' | 'requeued' | 'dead' | 'unsettled';

/** Age of a post at which its Item should have been loaded. */
const OVERDUE_MS = 86_400_000;
/**
 * Age of a post at which its Item counts as not loaded, whatever its status is: a loader that died, or that dropped a batch
 * after its retries, never changes the status. A loader gets its Items within seconds.
 */
const STUCK_MS = 3_600_000;

/** Whether an Item was posted more than a day ago. One that is back on the queue is watched there. */
export function isOverdue({ postedAt, isRequeued }: PendingIngestion, now: number): boolean {
  return !isRequeued && now - Date.parse(postedAt) > OVERDUE_MS;
}

/** Asks the ingestor what became of a posted Item, and does what follows from it. */
export async function verifyOne(
  pending: PendingIngestion,
  verify: VerifyCollaborators,
): Promise<Verdict> {
  if (pending.isRequeued) return 'waiting';
  const ingestion = await verify.getIngestion(pending.itemId, pending.postedBy);
  if (isLoaded(ingestion)) {
    await verify.ingestions.remove(pending);
    return 'loaded';
  }
  const isStuck = verify.clock.now() - Date.parse(pending.postedAt) > STUCK_MS;
  const fault = faultOf(ingestion) ?? (isStuck ? stuckText(ingestion) : undefined);
  if (fault === undefined) return 'waiting';
  return pending.tries >= verify.maxTries
    ? giveUp(pending, `${fault} (posted ${pending.tries + 1} times)`, verify)
    : sendAgain(pending, fault, verify);
}

type Answer = Ingestion | NoIngestion;

function isLoaded(ingestion: Answer): boolean {
  return (
    typeof ingestion === 'object' &&
    (ingestion.status === 'succeeded' || ingestion.status === 'cancelled')
  );
}

/** Returns why the Item must be sent again now; undefined if it may still be loaded. */
function faultOf(ingestion: Answer): string | undefined {
  if (ingestion === 'missing') return 'the ingestor accepted the Item but has no record of it';
  if (typeof ingestion !== 'object' || ingestion.status !== 'failed') return undefined;
  return `the ingestor accepted the Item but failed to load it: ${ingestion.message ?? '(no message)'}`;
}

/** Why an Item is sent again that the ingestor did not load within an hour. */
function stuckText(ingestion: Answer): string {
  const status =
    typeof ingestion === 'object'
      ? `its status is ${ingestion.status}`
      : 'another client posted it, so its status cannot be asked';
  return `the ingestor accepted the Item but has not loaded it within an hour; ${status}`;
}

/** Age of a post in seconds. 0 if its message is back on the queue, where its age is watched. */
export function pendingSeconds({ postedAt, isRequeued }: PendingIngestion, now: number): number {
  return isRequeued ? 0 : Math.max(0, (now - Date.parse(postedAt)) / 1000);
}

/** Sends before it updates the row: a crash in between duplicates the message instead of losing it. */
async function sendAgain(
  pending: PendingIngestion,
  reason: string,
  { queue, ingestions, log }: VerifyCollaborators,
): Promise<Verdict> {
  await queue.sendAgain(pending);
  await ingestions.markRequeued(pending);
  log.warn('ingestion', fieldsOf(pending, 'requeued', reason));
  return 'requeued';
}

async function giveUp(
  pending: PendingIngestion,
  reason: string,
  { queue, ingestions, versions, log }: VerifyCollaborators,
): Promise<Verdict> {
  await queue.sendToDeadLetters(pending, reason);
  if (pending.version !== undefined) await versions.forget(pending.itemId, pending.version);
  await ingestions.remove(pending);
  log.error('ingestion', fieldsOf(pending, 'dead', reason));
  return 'dead';
}

function fieldsOf(
  { itemId, messageId, correlationId, tries }: PendingIngestion,
  outcome: Verdict,
  reason: string,
) {
  return { itemId, messageId, correlationId, outcome, reason, tries: tries + 1 };
}
