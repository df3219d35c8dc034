import type { BackfillRun } from '../../../lambdas/backfill/run.js';
import { newBackfill, type BackfillCursor } from '../../../lambdas/backfill/cursor.js';
import type { HistoricPipeline } from '../../../lambdas/backfill/historic-pipeline.js';
import { Lease } from '../../../lambdas/backfill/lease.js';
import type { BackfillKit } from './collaborators.js';

const pipeline: HistoricPipeline = {
  queryInventory: ({ chunk }) => `SELECT key FROM inventory WHERE key LIKE '${chunk ?? ''}%'`,
  rowToMessageBody: ({ key }) => key,
  nextChunk: () => undefined,
};

/** Stores a backfill at `cursor` and returns its lease, held by the owner `o/1`. */
export async function leaseAt(kit: BackfillKit, cursor: Partial<BackfillCursor>): Promise<Lease> {
  const begun = newBackfill({ source: 's', chunk: '2022', now: kit.clock.now() });
  await kit.cursors.write({ ...begun, dt: '2022-04-22-01-00', ...cursor }, undefined);
  const stored = await kit.cursors.read();
  const lease = stored && (await Lease.claim(stored, { ...kit, store: kit.cursors, owner: 'o/1' }));
  if (!lease) throw new Error('another run holds the lease');
  return lease;
}

/** Returns a run of the event `o`, which by default is never near its end. */
export function runWith(kit: BackfillKit, given: Partial<BackfillRun> = {}): BackfillRun {
  return { ...kit, eventId: 'o', owner: 'o/1', nearEnd: () => false, pipeline, ...given };
}

/** Returns a run of a pipeline in which `given` replaces some functions. */
export function runOfPipeline(kit: BackfillKit, given: Partial<HistoricPipeline>): BackfillRun {
  return runWith(kit, { pipeline: { ...pipeline, ...given } });
}
