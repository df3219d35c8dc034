import { DuckDBInstance } from '@duckdb/node-api';

/** Runs an author's SELECT on an inventory with these keys; resolves to the selected keys. */
export async function keysSelected(select: string, keys: readonly string[]): Promise<unknown[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const values = keys.map((key) => `('${key.replaceAll("'", "''")}')`).join(', ');
    await connection.run(`CREATE TABLE inventory AS SELECT * FROM (VALUES ${values}) AS t (key)`);
    const result = await connection.runAndReadAll(select);
    return result.getRows().map(([key]) => key);
  } finally {
    connection.closeSync();
  }
}
