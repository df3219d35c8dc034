import { DuckDBInstance } from '@duckdb/node-api';
import { inventoryQuery } from '../../lambdas/inventory/query.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import { prepareConnection, toDuckDb } from './duckdb-engine.js';

const TYPES: Readonly<Record<string, string>> = {
  size: 'bigint',
  last_modified_date: 'timestamp',
  object_lock_retain_until_date: 'timestamp',
  is_multipart_uploaded: 'boolean',
};

/**
 * Returns what is wrong with a condition on the columns of an inventory, as DuckDB says it, such as a column that the
 * inventory does not have; undefined if it can be evaluated. Nothing is read. Throws a permanent QueryError if the text is
 * not one condition.
 */
export async function conditionFault(
  condition: string,
  inventory: Inventory,
): Promise<string | undefined> {
  const sql = inventoryQuery({
    dialect: 'duckdb',
    inventory,
    relation: { from: emptyRelation(inventory) },
    condition,
    select: 'SELECT key FROM inventory',
  });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await prepareConnection(connection);
    await connection.run(`EXPLAIN ${toDuckDb(sql)}`);
    return undefined;
  } catch (error) {
    const [fault = ''] = String(error)
      .replace(/^Error: /, '')
      .split('\n');
    return fault;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function emptyRelation({ format, columns }: Inventory): string {
  const isText = format !== 'parquet' && format !== 'orc';
  const typed = columns.map((name) => {
    const type = isText ? 'varchar' : (TYPES[name] ?? 'varchar');
    return `cast(NULL AS ${type}) AS "${name}"`;
  });
  return `(SELECT ${typed.join(', ')}) AS raw`;
}
