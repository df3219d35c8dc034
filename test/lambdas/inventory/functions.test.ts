import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { INVENTORY_FUNCTIONS } from '../../../lambdas/inventory/functions.js';
import { prepareConnection, toDuckDb } from '../../../local/inventory/duckdb-engine.js';

// Functions and operators of Trino's documentation that the examples may use.
// @see https://trino.io/docs/current/functions/list.html
const TRINO = new Set([
  ...['abs', 'cast', 'coalesce', 'concat', 'date_diff', 'date_parse', 'date_trunc', 'day', 'hour'],
  ...[
    'from_iso8601_timestamp',
    'if',
    'length',
    'lower',
    'lpad',
    'mod',
    'month',
    'nullif',
    'replace',
  ],
  ...[
    'regexp_extract',
    'regexp_like',
    'reverse',
    'split_part',
    'starts_with',
    'strpos',
    'substr',
    'trim',
    'try_cast',
  ],
  ...['upper', 'year'],
]);

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await prepareConnection(connection);
});

afterAll(() => {
  connection.closeSync();
});

async function valueOf(expression: string): Promise<unknown> {
  const result = await connection.runAndReadAll(toDuckDb(`SELECT cast(${expression} AS varchar)`));
  return result.getRows()[0]?.[0];
}

describe('functions for both engines', () => {
  test.each([...INVENTORY_FUNCTIONS])('$name: $example', async ({ name, example, value }) => {
    const called = Array.from(example.matchAll(/\b([a-z_0-9]+)\(/g), ([, called]) => called);

    expect(await valueOf(example)).toBe(value);
    expect(example.toLowerCase()).toContain(name.toLowerCase());
    expect(called.filter((called) => !TRINO.has(called ?? ''))).toEqual([]);
  });

  test('no example uses a function that only DuckDB has', () => {
    const text = INVENTORY_FUNCTIONS.map(({ example }) => example).join('\n');

    // Casts with ::, lists, lambdas, strings in double quotes, // and == are DuckDB's own.
    expect(text).not.toMatch(/::|\[\d|->|"|\/\/|==/);
  });
});

describe('date_parse', () => {
  test('calls are translated, and the rest of the SQL is unchanged', () => {
    expect(toDuckDb("date_parse(concat('(', key), '%Y %M %i') < 1 AND key LIKE '%item%s'")).toBe(
      "strptime(concat('(', key), '%Y %B %M') < 1 AND key LIKE '%item%s'",
    );
    expect(toDuckDb("f(date_parse(a, '%s'), date_parse(b, '%T'))")).toBe(
      "f(strptime(a, '%S'), strptime(b, '%H:%M:%S'))",
    );
  });
});
