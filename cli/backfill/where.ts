import { checkCondition } from '../../lambdas/inventory/condition.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import { QueryError } from '../../lambdas/runtime/errors.js';
import { UsageError } from '../shared/command.js';
import { printable } from '../shared/table.js';

/**
 * Checks the condition of --where before anything is stored or sent: that it is one condition, and that its columns and
 * functions exist, which DuckDB tells without reading a row. Throws UsageError, which names the fault and the value.
 */
export async function checkWhere(where: string | undefined, inventory: Inventory): Promise<void> {
  if (where === undefined) return;
  try {
    checkCondition(where);
  } catch (cause) {
    if (!(cause instanceof QueryError)) throw cause;
    throw new UsageError(`--where: ${cause.message}`, { cause });
  }
  // DuckDB takes a noticeable part of a second to load.
  const { conditionFault } = await import('../../local/inventory/check-query.js');
  const fault = await conditionFault(where, inventory);
  if (fault === undefined) return;
  throw new UsageError(
    `--where cannot be evaluated on the inventory, whose columns are ${inventory.columns.join(', ')}: ${printable(fault)} (given ${JSON.stringify(where)})`,
  );
}
