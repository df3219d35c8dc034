import { randomUUID } from 'node:crypto';
import { systemClock } from '../../lambdas/runtime/clock.js';
import { backoffMs } from '../../lambdas/runtime/retry.js';
import { QueryError } from '../../lambdas/runtime/errors.js';
import { inventoryQuery } from '../../lambdas/inventory/query.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import { readText } from '../../lambdas/inventory/objects.js';
import { parseRecords } from '../../lambdas/inventory/result-csv.js';
import type { BackfillSite } from './site.js';

const POLL = { firstMs: 20, maxMs: 2_000 };

/** Current objects of an inventory, by a query of their number. Throws QueryError. */
export async function countedRows(
  { engine, objects }: Pick<BackfillSite, 'engine' | 'objects'>,
  inventory: Inventory,
): Promise<number> {
  const sql = inventoryQuery({
    dialect: engine.dialect,
    inventory,
    relation: await engine.relation(inventory, inventory.pinnedDt),
    select: 'SELECT count(*) AS "rows" FROM inventory',
  });
  const queryId = await engine.start(sql, randomUUID());
  for (let poll = 1; ; poll += 1) {
    const query = await engine.state(queryId);
    if (query.state === 'failed') {
      throw new QueryError(`query ${queryId} failed: ${query.reason}`, { kind: 'permanent' });
    }
    if (query.state === 'succeeded') {
      const text = (await readText(objects, query.resultHref)) ?? '';
      return Number(parseRecords(Buffer.from(text), true).records[1]?.[0]);
    }
    await systemClock.sleep(backoffMs(poll, POLL));
  }
}
