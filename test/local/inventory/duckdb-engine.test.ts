import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseInventory } from '../../../lambdas/inventory/inventory.js';
import { duckDbEngine, type DuckDbEngine } from '../../../local/inventory/duckdb-engine.js';
import { writeInventory } from '../../support/backfill/inventory-folder.js';

const DT = '2022-04-22-01-00';
const FIELDS = ['Key', 'LastModifiedDate'];

let folder: string;
let engine: DuckDbEngine;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckdb-'));
  engine = duckDbEngine({ folder: join(folder, 'results') });
});

afterEach(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

async function result(sql: string): Promise<string> {
  const id = await engine.start(sql, 'token');
  await engine.close();
  const state = await engine.state(id);
  return state.state === 'succeeded' ? readFile(state.resultHref, 'utf8') : JSON.stringify(state);
}

describe('the result file', () => {
  test('has the format of Athena: a header, quoted values, null as an empty field, milliseconds', async () => {
    const sql = `SELECT 'a"b' AS key, NULL AS none, '' AS empty, 12 AS size, true AS yes,
      timestamp '2022-04-20 01:02:03' AS "time"`;

    expect(await result(sql)).toBe(
      '"key","none","empty","size","yes","time"\n"a""b",,"","12","true","2022-04-20 01:02:03.000"\n',
    );
  });

  test('gets its name only after it is complete', async () => {
    expect(await result('SELECT 1 AS one')).toBe('"one"\n"1"\n');
    expect((await readdir(join(folder, 'results'))).filter((name) => name !== 'spill')).toEqual([
      'token.csv',
    ]);
  });

  test('is found by another process, and the same token does not run the query again', async () => {
    await result('SELECT 1 AS one');
    const other = duckDbEngine({ folder: join(folder, 'results') });

    expect(await other.start('SELECT 2 AS two', 'token')).toBe('token');
    expect(await other.state('token')).toMatchObject({ state: 'succeeded' });
    expect(await readFile(join(folder, 'results/token.csv'), 'utf8')).toBe('"one"\n"1"\n');
  });
});

describe('states', () => {
  test('a running query is reported as running, even if it is started again', async () => {
    engine = duckDbEngine({ folder: join(folder, 'results'), stateWaitMs: 0 });
    await engine.start('SELECT count(*) FROM range(10000000)', 'slow');

    expect(await engine.start('SELECT count(*) FROM range(10000000)', 'slow')).toBe('slow');
    expect(await engine.state('slow')).toEqual({ state: 'running' });
    await engine.stop('slow');
  });

  test("an invalid query fails permanently, with DuckDB's reason", async () => {
    expect(await result('SELECT nothing FROM nowhere')).toMatch(
      /^{"state":"failed","reason":"Catalog Error: .*nowhere.*","transient":false}$/,
    );
  });

  test('a query whose process has ended is a transient failure', async () => {
    expect(await engine.state('unknown')).toEqual({
      state: 'failed',
      reason: 'the process that ran the query has ended',
      transient: true,
    });
  });
});

describe('reports', () => {
  const inventory = (format = 'csv') =>
    parseInventory({ location: folder, format, fields: FIELDS.join() });

  test('[C05] symlink.txt is read here, since DuckDB does not follow it; any number of files', async () => {
    const files = ['a', 'b', 'c'].map((key) => [{ key, last_modified_date: '' }]);
    await writeInventory({ folder, dt: DT, format: 'CSV', fields: FIELDS, files });
    const { from } = await engine.relation(inventory(), DT);

    expect(await result(`SELECT key FROM ${from} ORDER BY key`)).toBe('"key"\n"a"\n"b"\n"c"\n');
  });

  test('a listed file that does not exist is an error that names it', async () => {
    await writeInventory({ folder, dt: DT, format: 'CSV', fields: FIELDS, files: [[]] });
    await rm(join(folder, 'data'), { recursive: true });

    await expect(engine.relation(inventory(), DT)).rejects.toThrow(
      `lists s3://inventory/prefix/bucket/config-id/data/${DT}-0.csv.gz, which does not exist in ${folder}`,
    );
  });

  test('ORC is rejected with a readable error', async () => {
    await expect(engine.relation(inventory('orc'), DT)).rejects.toThrow(
      'DuckDB cannot read ORC reports: configure S3 Inventory to deliver CSV or Parquet',
    );
  });

  test('a path that looks like a pattern is read as a path', async () => {
    const odd = join(folder, "o'dd [x] *");
    await mkdir(odd);
    await writeFile(join(odd, 'keys.csv'), 'a\n');
    const listing = parseInventory({ location: join(odd, 'keys.csv'), format: 'csv', fields: '' });
    const { from } = await engine.relation(listing, undefined);

    expect(await result(`SELECT key FROM ${from}`)).toBe('"key"\n"a"\n');
  });
});

describe('[C32] [H02] time is UTC', () => {
  const script = `
    import { duckDbEngine } from './local/inventory/duckdb-engine.ts';
    const engine = duckDbEngine({ folder: process.argv[1] + process.env.TZ.replace('/', '-') });
    const times = "(VALUES ('a', timestamptz '2022-04-19 23:59:59+00'), ('b', timestamptz '2022-04-20 00:00:00+00'))";
    await engine.start(
      "SELECT k, CAST(t AS timestamp) AS t FROM " + times + " AS v(k, t) WHERE t >= timestamp '2022-04-20 00:00:00'",
      'token',
    );
    await engine.close();
    const { readFileSync } = await import('node:fs');
    process.stdout.write(readFileSync((await engine.state('token')).resultHref, 'utf8'));
  `;

  test.each(['America/Los_Angeles', 'Asia/Tokyo'])(
    'a day is the same day under TZ=%s',
    async (TZ) => {
      const args = ['--import', 'tsx', '--input-type=module', '-e', script, join(folder, 'tz-')];
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        env: { ...process.env, TZ },
      });

      expect(stdout).toBe('"k","t"\n"b","2022-04-20 00:00:00.000"\n');
    },
  );
});
