import { startQuery, awaitQuery } from './query.js';
import { chunkName, type BackfillRun, type HistoricOutcome } from './run.js';
import { sendResult } from './send.js';
import type { Stage } from './cursor.js';
import { failureOf } from '../runtime/errors.js';
import type { Lease } from './lease.js';

/** Works until it has settled something or until the time is used up; gives the outcome when the chunk is done. */
type Step = (lease: Lease, run: BackfillRun) => Promise<HistoricOutcome | undefined>;

const STEPS: Partial<Record<Stage, Step>> = {
  pending: startQuery,
  querying: awaitQuery,
  sending: sendResult,
};

/** Takes the chunk as far as the time allows. Throws what stops it; a permanent reason is kept in the cursor. */
export async function work(lease: Lease, run: BackfillRun): Promise<HistoricOutcome> {
  try {
    return await takeSteps(lease, run);
  } catch (error) {
    const { kind, message } = failureOf(error);
    if (kind === 'permanent') {
      await lease.release({ stage: 'failed', failure: { message, owner: run.owner } });
    }
    throw error;
  }
}

async function takeSteps(lease: Lease, run: BackfillRun): Promise<HistoricOutcome> {
  for (;;) {
    const done = await STEPS[lease.cursor.stage]?.(lease, run);
    if (done !== undefined) return done;
    const { paused, chunk, counts } = lease.cursor;
    if (!paused && !run.nearEnd()) continue;
    await lease.release();
    if (paused) return { outcome: 'paused', chunk, counts, message: 'the backfill is paused' };
    await run.invokeSelf({ action: 'continue' });
    const message = `${chunkName(chunk)} goes on in another invocation after ${counts.rows} rows`;
    return { outcome: 'handed-over', chunk, counts, message };
  }
}
