import type { CursorStore } from '../../lambdas/backfill/cursor.js';
import type { BackfillOutcome } from '../../lambdas/backfill/run.js';
import type { BackfillCollaborators, BackfillEvent } from '../../lambdas/backfill/collaborators.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';

/**
 * Returns the outcome of a backfill whose chunk failed because of its refused rows. The good rows of the chunk may have
 * been sent. Throws any other error.
 */
export async function refusedOutcome(
  error: unknown,
  cursors: CursorStore,
): Promise<BackfillOutcome> {
  const cursor = (await cursors.read())?.cursor;
  const { needsStart, message = '' } = cursor?.failure ?? {};
  if (cursor === undefined || needsStart !== true) throw error;
  return { outcome: 'failed', chunk: cursor.chunk, counts: cursor.counts, message };
}

export interface LocalBackfill extends Omit<BackfillCollaborators, 'invokeSelf'> {
  /** Action of the first invocation. @default run */
  readonly action?: BackfillEvent['action'];
  /** Request id of the invocations, with which the owners of their leases begin. @default local */
  readonly owner?: string;
  /** Once this returns true, the current page is sent and saved, and the run ends. */
  readonly isStopped?: () => boolean;
}

const INVOCATION_MS = 900_000;

/** Invokes the handler as a deployment would, then again each time it invokes itself. Returns the last outcome. */
export async function runBackfill(
  handler: HistoricHandler,
  { action = 'run', owner = 'local', isStopped = () => false, ...collaborators }: LocalBackfill,
): Promise<BackfillOutcome> {
  const events: BackfillEvent[] = [];
  const local = handler.with({
    ...collaborators,
    invokeSelf: (event) => {
      events.push(event);
      return Promise.resolve();
    },
  });
  const getRemainingTimeInMillis = (): number => (isStopped() ? 0 : INVOCATION_MS);
  const context = { awsRequestId: owner, getRemainingTimeInMillis };
  let outcome = await local({ action }, context);
  for (let event = events.shift(); event && !isStopped(); event = events.shift()) {
    outcome = await local(event, context);
  }
  return outcome;
}
