import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { beginByItself, beginDue, beginRepost } from './backfill/begin.js';
import { complete, empty, failedFor, paused } from './backfill/outcomes.js';
import type { BackfillRun, BackfillOutcome } from './backfill/run.js';
import { work } from './backfill/work.js';
import { goesOn } from './backfill/ahead.js';
import { isUnfinished, type BackfillCursor } from './backfill/cursor.js';
import { ConfigurationError, QueryError } from './runtime/errors.js';
import {
  ACTIONS,
  deployedBackfillCollaborators,
  type BackfillCollaborators,
  type BackfillEvent,
} from './backfill/collaborators.js';
import type { HistoricPipeline } from './backfill/historic-pipeline.js';
import { sourceOf } from './backfill/settings.js';
import { Lease, LeaseLostError } from './backfill/lease.js';
import { repostOf, wakeRepost } from './backfill/repost.js';
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
 * continue. If nothing is unfinished, continue returns after a read of each cursor; a backfill whose inventory was not
 * there yet is started by the first event of either kind after it came. `{ "action": "repost" }` starts a repost, which
 * has a cursor and invocations of its own.
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

const EventSchema = z.object({
  action: z.enum(ACTIONS),
  chunks: z.optional(z.union([z.int().check(z.positive()), z.literal('all')])),
});

function parseEvent(event: unknown): BackfillEvent {
  const parsed = z.safeParse(EventSchema, event);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(
    `the event of the historic function must be {"action":"run"} or {"action":"continue"} (given ${JSON.stringify(event)})`,
  );
}

async function act({ action, chunks }: BackfillEvent, run: BackfillRun): Promise<BackfillOutcome> {
  if (action === 'run') return retryWhileDenied(() => beginDue(run, chunks), run.clock);
  if (action === 'continue') {
    await wakeRepost(run);
    return goOn(run);
  }
  const repost = repostOf(run);
  if (repost === undefined) return { outcome: 'idle', message: 'no repost can be stored' };
  return action === 'repost'
    ? retryWhileDenied(() => beginRepost(repost), run.clock)
    : goOn(repost);
}

async function goOn(run: BackfillRun): Promise<BackfillOutcome> {
  const stored = await run.cursors.read();
  if (stored?.cursor.source !== sourceOf(run.settings)) {
    return { outcome: 'idle', message: 'no backfill of this inventory has started' };
  }
  const { cursor } = stored;
  const isWaiting = cursor.waitingFor !== undefined;
  if (!isUnfinished(cursor) && !isWaiting && !goesOn(cursor)) return atRest(cursor, run);
  if (cursor.paused) return paused(cursor);
  if (!isUnfinished(cursor)) return beginByItself(stored, run);
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
