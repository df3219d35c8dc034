import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { beginAwaited, beginDue, complete, empty, failedFor } from './backfill/begin.js';
import type { BackfillRun, BackfillOutcome } from './backfill/run.js';
import { work } from './backfill/work.js';
import { isUnfinished, type BackfillCursor } from './backfill/cursor.js';
import { ConfigurationError, QueryError } from './runtime/errors.js';
import {
  deployedBackfillCollaborators,
  type BackfillCollaborators,
  type BackfillEvent,
} from './backfill/collaborators.js';
import type { HistoricPipeline } from './backfill/historic-pipeline.js';
import { sourceOf } from './backfill/settings.js';
import { Lease, LeaseLostError } from './backfill/lease.js';
import { retryWhileDenied } from './runtime/retry.js';

type InvocationContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>;

export interface HistoricHandler {
  (event: unknown, context: InvocationContext): Promise<BackfillOutcome>;
  readonly pipeline: HistoricPipeline;
  /** Returns the same handler with these collaborators instead of the deployed ones. */
  with(collaborators: BackfillCollaborators): HistoricHandler;
}

// Enough time to send one page and save the cursor.
const HAND_OVER_MS = 60_000;

/**
 * Creates the Lambda handler of a backfill. Its event is `{ "action": "run" }` or `{ "action": "continue" }`. The
 * deployment (historic_frequency 0) or the schedule (n > 0) sends run; the resume schedule and the function itself send
 * continue. If nothing is unfinished, continue returns after one read of the cursor; a backfill whose inventory was not
 * there yet is started by the first event of either kind after it came.
 */
export function historicHandler(pipeline: HistoricPipeline): HistoricHandler {
  return handlerWith(pipeline, deployedBackfillCollaborators);
}

function handlerWith(
  pipeline: HistoricPipeline,
  collaborators: () => BackfillCollaborators,
): HistoricHandler {
  const handle = async (event: unknown, context: InvocationContext): Promise<BackfillOutcome> => {
    const run = runOf(context, { ...collaborators(), pipeline });
    const outcome = await act(parseEvent(event), run);
    // `message` is what the logger itself writes.
    const { message, ...fields } = outcome;
    run.log.info(message, fields);
    return outcome;
  };
  return Object.assign(handle, {
    pipeline,
    with: (others: BackfillCollaborators) => handlerWith(pipeline, () => others),
  });
}

function runOf(
  context: InvocationContext,
  rest: BackfillCollaborators & { readonly pipeline: HistoricPipeline },
): BackfillRun {
  const reserveMs = Math.min(HAND_OVER_MS, context.getRemainingTimeInMillis() / 5);
  const nearEnd = () => context.getRemainingTimeInMillis() < reserveMs;
  const eventId = context.awsRequestId;
  return { ...rest, eventId, owner: `${eventId}/${randomUUID()}`, nearEnd };
}

function parseEvent(event: unknown): BackfillEvent['action'] {
  const action = typeof event === 'object' && event !== null && 'action' in event && event.action;
  if (action === 'run' || action === 'continue') return action;
  throw new ConfigurationError(
    `the event of the historic function must be {"action":"run"} or {"action":"continue"} (given ${JSON.stringify(event)})`,
  );
}

function act(action: BackfillEvent['action'], run: BackfillRun): Promise<BackfillOutcome> {
  return action === 'run' ? retryWhileDenied(() => beginDue(run), run.clock) : goOn(run);
}

async function goOn(run: BackfillRun): Promise<BackfillOutcome> {
  const stored = await run.cursors.read();
  if (stored?.cursor.source !== sourceOf(run.settings)) {
    return { outcome: 'idle', message: 'no backfill of this inventory has started' };
  }
  const { cursor } = stored;
  const isWaiting = cursor.waitingFor !== undefined;
  if (!isUnfinished(cursor) && !isWaiting) return atRest(cursor, run);
  if (cursor.paused)
    return { outcome: 'paused', chunk: cursor.chunk, message: 'the backfill is paused' };
  if (isWaiting) return beginAwaited(stored, run);
  const lease = await Lease.claim(stored, { ...run, store: run.cursors });
  if (lease === undefined) return busy(cursor);
  try {
    return await work(lease, run);
  } catch (error) {
    if (!(error instanceof LeaseLostError)) throw error;
    await stopIfReplaced(lease.cursor, run);
    return busy(cursor);
  }
}

function atRest(cursor: BackfillCursor, run: BackfillRun): BackfillOutcome {
  const { chunk, stage, failure } = cursor;
  if (stage === 'complete') return complete(cursor);
  if (stage === 'empty') return empty(cursor);
  if (failure === undefined)
    return { outcome: 'idle', chunk, message: 'the next chunk waits for the schedule' };
  // This is a retry of the event that failed, so Lambda must count it as failed too.
  if (failure.owner === run.eventId) throw new QueryError(failure.message, { kind: 'permanent' });
  return failedFor(failure.message, cursor);
}

function busy({ chunk }: BackfillCursor): BackfillOutcome {
  return { outcome: 'busy', chunk, message: 'another run is working on the backfill' };
}

/** Stops a query whose result is not needed after a restart, because Athena bills by bytes scanned. */
async function stopIfReplaced(mine: BackfillCursor, run: BackfillRun): Promise<void> {
  const stored = await run.cursors.read();
  const { queryId, stage } = mine;
  if (stage !== 'querying' || queryId === undefined || stored?.cursor.queryId === queryId) return;
  await run.engine.stop(queryId).catch((error: unknown) => {
    run.log.warn('could not stop the replaced query', { queryId, error: String(error) });
  });
}
