import { DuckDBInstance } from '@duckdb/node-api';
import { parseInventory } from '../../../lambdas/inventory/inventory.js';
import { inventoryQuery, sqlName } from '../../../lambdas/inventory/query.js';
import { prepareConnection, toDuckDb } from '../../../local/inventory/duckdb-engine.js';

/** The keys of config.yaml that describe an inventory. */
export interface InventoryKeys {
  readonly inventory_location: string;
  readonly inventory_format: string;
  readonly inventory_fields: readonly string[];
}

/**
 * Runs an author's SELECT on an inventory without rows, which finds syntax errors, unknown columns and unknown functions.
 * Throws DuckDB's error, or QueryError if the text is not one SELECT. Resolves to the names of the selected columns.
 */
export async function columnsOfSelect(select: string, keys: InventoryKeys): Promise<string[]> {
  const inventory = parseInventory({
    location: keys.inventory_location,
    format: keys.inventory_format,
    fields: keys.inventory_fields.join(','),
  });
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    await prepareConnection(connection);
    const columns = inventory.columns.map((column) => `${sqlName(column)} VARCHAR`);
    await connection.run(`CREATE TABLE report (${columns.join(', ')})`);
    const relation = { from: 'report' };
    const sql = inventoryQuery({ dialect: 'duckdb', inventory, relation, select });
    return (await connection.run(toDuckDb(sql))).columnNames();
  } finally {
    connection.closeSync();
  }
}
