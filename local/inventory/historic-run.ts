import type { HistoricOutcome } from '../../lambdas/backfill/run.js';
import type { HistoricCollaborators, HistoricEvent } from '../../lambdas/backfill/collaborators.js';
import type { HistoricHandler } from '../../lambdas/historic-handler.js';

export interface HistoricRun extends Omit<HistoricCollaborators, 'invokeSelf'> {
  /** Of the first invocation. @default run */
  readonly action?: HistoricEvent['action'];
  /** Of the lease. @default local */
  readonly owner?: string;
  /** The page in hand is sent and saved, then the run ends. */
  readonly isStopped?: () => boolean;
}

const INVOCATION_MS = 900_000;

/** Invokes the handler as a deployment would, and again for as long as it asks for that itself; gives its last word. */
export async function runHistoric(
  handler: HistoricHandler,
  { action = 'run', owner = 'local', isStopped = () => false, ...collaborators }: HistoricRun,
): Promise<HistoricOutcome> {
  const events: HistoricEvent[] = [];
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
