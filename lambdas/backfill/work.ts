import { awaitQuery } from './await-query.js';
import { startQuery } from './query.js';
import { chunkName, type BackfillRun, type BackfillOutcome } from './run.js';
import { paused } from './outcomes.js';
import { RefusedRowsError } from './refused.js';
import { sendResult } from './send.js';
import { goesOn } from './ahead.js';
import type { Stage } from './cursor.js';
import { failureOf } from '../runtime/errors.js';
import { LeaseLostError, type Lease } from './lease.js';

/** Performs one stage, or as much of it as time allows. Returns an outcome once the chunk is done, else undefined. */
type Step = (lease: Lease, run: BackfillRun) => Promise<BackfillOutcome | undefined>;

const STEPS: Partial<Record<Stage, Step>> = {
  pending: startQuery,
  querying: awaitQuery,
  sending: sendResult,
};

/**
 * Processes the chunk as far as time allows. Throws the error that stops it, with the lease released, so that the retry of
 * the event can work at once; a permanent error is also saved in the cursor.
 */
export async function work(lease: Lease, run: BackfillRun): Promise<BackfillOutcome> {
  try {
    return await takeSteps(lease, run);
  } catch (error) {
    const { kind, message } = failureOf(error);
    if (kind === 'permanent') {
      const needsStart = error instanceof RefusedRowsError && { needsStart: true };
      await lease.release({
        stage: 'failed',
        failure: { message, owner: run.eventId, ...needsStart },
      });
    } else if (!(error instanceof LeaseLostError)) {
      // Without it, the lease ends by itself.
      await lease.release().catch(() => undefined);
    }
    throw error;
  }
}

async function takeSteps(lease: Lease, run: BackfillRun): Promise<BackfillOutcome> {
  for (;;) {
    const done = await STEPS[lease.cursor.stage]?.(lease, run);
    if (done !== undefined) {
      if (goesOn(lease.cursor)) await run.invokeSelf({ action: 'continue' });
      return done;
    }
    const { chunk, counts } = lease.cursor;
    if (!lease.cursor.paused && !run.nearEnd()) continue;
    await lease.release();
    if (lease.cursor.paused) return { ...paused(lease.cursor), counts };
    await run.invokeSelf({ action: 'continue' });
    const message = `${chunkName(chunk)} continues in another invocation after ${counts.rows} rows`;
    return { outcome: 'handed-over', chunk, counts, message };
  }
}
