import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AthenaClient,
  paginateGetQueryResults,
  type Row as AthenaRow,
} from '@aws-sdk/client-athena';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { athenaEngine } from '../../../lambdas/inventory/athena.js';
import { historicHandler } from '../../../lambdas/historic-handler.js';
import { parseInventory } from '../../../lambdas/inventory/inventory.js';
import { s3Objects } from '../../../lambdas/inventory/objects.js';
import { AthenaServer } from '../../support/backfill/athena-server.js';
import {
  backfillKit,
  FakeClock,
  invocation,
  type BackfillKit,
} from '../../support/backfill/collaborators.js';
import { writeInventory, type InventoryRow } from '../../support/backfill/inventory-folder.js';

const DT = '2022-04-22-01-00';
const FIELDS = ['Bucket', 'Key', 'IsLatest', 'IsDeleteMarker', 'Size', 'LastModifiedDate'];
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

let folder: string;
let server: AthenaServer;
let athena: AthenaClient;

const handler = historicHandler({
  queryInventory: () =>
    "SELECT key, size, last_modified_date FROM inventory WHERE last_modified_date >= timestamp '2022-04-20 00:00:00'",
  rowToMessageBody: (row) => JSON.stringify(row),
  nextChunk: () => undefined,
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athena-'));
  await mkdir(join(folder, 'results'));
});

afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

function row(key: string, values: InventoryRow = {}): InventoryRow {
  return {
    bucket: 'b',
    key,
    is_latest: true,
    is_delete_marker: false,
    size: 5,
    last_modified_date: '2022-04-20T01:02:03.000Z',
    ...values,
  };
}

async function startServer(rows: readonly InventoryRow[], format: 'CSV' | 'Parquet' = 'CSV') {
  const location = join(folder, 'bucket/id');
  await writeInventory({ folder: location, dt: DT, format, fields: FIELDS, files: [rows] });
  const inventory = parseInventory({ location, format, fields: FIELDS.join() });
  server = await AthenaServer.start({
    tables: [{ database: 'db', table: 'inventory', inventory, dts: [DT] }],
    resultsFolder: join(folder, 'results'),
    buckets: { inventory: folder },
  });
  athena = new AthenaClient({
    endpoint: server.url,
    region: 'us-west-2',
    credentials: CREDENTIALS,
    maxAttempts: 1,
  });
}

/** The deployed engine and object reader, on the stand-in. */
function kitOn(format = 'csv'): BackfillKit {
  const clock = new FakeClock();
  const client = new S3Client({
    endpoint: server.url,
    region: 'us-west-2',
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
  const kit = backfillKit({
    inventory: 's3://inventory/bucket/id',
    format,
    fields: FIELDS.join(),
    resultsFolder: join(folder, 'unused'),
  });
  return {
    ...kit,
    clock,
    engine: athenaEngine({
      workGroup: 'group',
      database: 'db',
      table: 'inventory',
      client: athena,
      clock,
    }),
    objects: s3Objects({ requesterPays: true, client }),
    pageBytes: 4096,
  };
}

async function backfill(kit: BackfillKit) {
  await handler.with(kit)({ action: 'run' }, invocation('deploy'));
  return handler.with(kit)({ action: 'continue' }, invocation('1'));
}

function sentKeys(kit: BackfillKit): string[] {
  return kit.queue.bodies.map((body) => (JSON.parse(body) as { key: string }).key).sort();
}

describe('a backfill through Athena', () => {
  test.each(['CSV', 'Parquet'] as const)(
    'a %s inventory becomes messages of its current objects',
    async (format) => {
      const rows = [
        row('a b+1%.tif'),
        row('old', { is_latest: false }),
        row('gone', { is_delete_marker: true, size: null }),
        row('folder/', { size: 0 }),
        row('early', { last_modified_date: '2022-04-19T23:59:59.999Z' }),
        row('no size "é"', { size: null }),
      ];
      await startServer(rows, format);
      const kit = kitOn(format);

      const outcome = await backfill(kit);

      expect(outcome).toMatchObject({ outcome: 'complete', counts: { rows: 2, sent: 2 } });
      expect(kit.queue.bodies.map((body) => JSON.parse(body) as unknown)).toEqual(
        expect.arrayContaining([
          { key: 'a b+1%.tif', size: '5', last_modified_date: '2022-04-20 01:02:03.000' },
          { key: 'no size "é"', last_modified_date: '2022-04-20 01:02:03.000' },
        ]),
      );
    },
  );

  test('[C13] 2,500 keys are all sent, as many as GetQueryResults has rows', async () => {
    const keys = Array.from(
      { length: 2500 },
      (_, index) => `key ${String(index).padStart(4, '0')}`,
    );
    await startServer(keys.map((key) => row(key)));
    const kit = kitOn();

    await backfill(kit);
    const pages: AthenaRow[][] = [];
    const QueryExecutionId = server.queries.executions[0]?.id;
    for await (const { ResultSet } of paginateGetQueryResults(
      { client: athena },
      { QueryExecutionId },
    )) {
      pages.push(ResultSet?.Rows ?? []);
    }

    expect(sentKeys(kit)).toEqual(keys);
    // [C11] The header is the first row of the first page, and of no other.
    expect(pages.map(({ length }) => length)).toEqual([1000, 1000, 501]);
    expect(pages.map(([first]) => first?.Data?.[0]?.VarCharValue === 'key')).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('[C25] rows become messages whether or not their objects still exist', async () => {
    await startServer([row('gone since the report')]);
    const kit = kitOn();

    expect(await backfill(kit)).toMatchObject({ outcome: 'complete', counts: { sent: 1 } });
  });
});

describe('faults', () => {
  test('[C16] a query that failed transiently is restarted with another token', async () => {
    await startServer([row('a')]);
    const kit = kitOn();
    server.failNextQuery({
      state: 'FAILED',
      reason: 'com.amazonaws...: Please reduce your request rate. SlowDown',
    });
    server.failNextQuery({ state: 'FAILED', reason: 'whatever', retryable: true });

    const outcome = await backfill(kit);

    expect(outcome).toMatchObject({ outcome: 'complete', counts: { sent: 1 } });
    expect(new Set(server.queries.executions.map(({ token }) => token)).size).toBe(3);
    expect(server.queries.executions.every(({ token }) => token.length === 64)).toBe(true);
  });

  test('[C16] the number of restarts is limited', async () => {
    await startServer([row('a')]);
    for (let count = 0; count < 9; count += 1) {
      server.failNextQuery({
        state: 'FAILED',
        reason: 'Please reduce your request rate. SlowDown',
      });
    }

    await expect(backfill(kitOn())).rejects.toThrow(/SlowDown \(after 5 restarts\)/);
    expect(server.queries.executions).toHaveLength(6);
  });

  test.each<[string, number | undefined]>([
    ['Query exhausted resources at this scale factor', undefined],
    ['Query timeout', undefined],
    ['Query timed out', 210],
    ['EXCEEDED_TIME_LIMIT: Query exceeded the maximum execution time limit of 30.00m', undefined],
    ['Query exceeded per-node memory limit of 12.95GB', undefined],
    ['the words of a later release', 8],
  ])(
    'a query that is too large for Athena (%s) is restarted once, and the reason says to use chunks',
    async (reason, errorType) => {
      await startServer([row('a')]);
      const failure = { state: 'FAILED', reason, retryable: true } as const;
      for (let count = 0; count < 3; count += 1) {
        server.failNextQuery(errorType === undefined ? failure : { ...failure, errorType });
      }

      const failed = expect(backfill(kitOn())).rejects;

      await failed.toThrow(
        /the whole inventory .* set historic_frequency .* initial_chunk .* \(after 1 restart\)$/,
      );
      expect(server.queries.executions).toHaveLength(2);
    },
  );

  test('a query that is too large the first time only succeeds after its restart', async () => {
    await startServer([row('a')]);
    server.failNextQuery({ state: 'FAILED', reason: 'Query exhausted resources on this cluster' });

    expect(await backfill(kitOn())).toMatchObject({ outcome: 'complete', counts: { sent: 1 } });
  });

  test('another failure is reported with its reason and the id of the query', async () => {
    await startServer([row('a')]);
    server.failNextQuery({ state: 'FAILED', reason: 'HIVE_BAD_DATA: Error parsing field' });

    await expect(backfill(kitOn())).rejects.toThrow(
      /^query [0-9a-f-]{36} failed: HIVE_BAD_DATA: Error parsing field$/,
    );
  });

  test('a cancelled query is not restarted', async () => {
    await startServer([row('a')]);
    server.failNextQuery({ state: 'CANCELLED', reason: 'Bytes scanned limit was exceeded' });

    await expect(backfill(kitOn())).rejects.toThrow('cancelled: Bytes scanned limit was exceeded');
    expect(server.queries.executions).toHaveLength(1);
  });

  test('[C17] throttled calls are retried until they succeed', async () => {
    await startServer([row('a')]);
    server.errors['StartQueryExecution'] = ['TooManyRequestsException', 'ThrottlingException'];
    server.errors['GetQueryExecution'] = ['ThrottlingException', 'TooManyRequestsException'];
    const kit = kitOn();

    expect(await backfill(kit)).toMatchObject({ outcome: 'complete' });
    expect(server.calls).toEqual([
      ...['StartQueryExecution', 'StartQueryExecution', 'StartQueryExecution'],
      ...['GetQueryExecution', 'GetQueryExecution', 'GetQueryExecution', 'GetQueryExecution'],
    ]);
    expect(kit.log.lines).toContainEqual(
      expect.objectContaining({
        message: 'query started',
        fields: expect.objectContaining({ queryId: server.queries.executions[0]?.id }) as unknown,
      }),
    );
  });

  test('[C17] a query outlives the invocation that waits for it: the next one finds it by its id', async () => {
    await startServer([row('a')]);
    server.queries.pollsUntilDone = 40;
    const kit = kitOn();
    await handler.with(kit)({ action: 'run' }, invocation('deploy'));
    kit.invocations.length = 0;
    let left = 120_000;

    const first = await handler.with(kit)(
      { action: 'continue' },
      invocation('1', () => (left -= 5_000)),
    );
    const second = await handler.with(kit)(kit.invocations[0], invocation('2'));

    expect([first.outcome, second.outcome]).toEqual(['handed-over', 'complete']);
    expect(server.queries.executions).toHaveLength(1);
  });

  test('a run killed between starting a query and saving its id finds the same query again', async () => {
    await startServer([row('a')]);
    const kit = kitOn();
    await handler.with(kit)({ action: 'run' }, invocation('deploy'));
    let writes = 0;
    const dying = {
      ...kit.cursors,
      write: (...args: Parameters<typeof kit.cursors.write>) =>
        (writes += 1) === 2 ? Promise.reject(new Error('killed')) : kit.cursors.write(...args),
    };
    const killed = handler.with({ ...kit, cursors: dying })(
      { action: 'continue' },
      invocation('1'),
    );
    await expect(killed).rejects.toThrow('killed');

    const retry = await handler.with(kit)({ action: 'continue' }, invocation('1'));

    expect(retry.outcome).toBe('complete');
    expect(server.queries.executions).toHaveLength(1);
  });

  test('SQL that Athena rejects is a permanent failure', async () => {
    await startServer([row('a')]);
    server.errors['StartQueryExecution'] = ['InvalidRequestException'];

    await expect(backfill(kitOn())).rejects.toMatchObject({
      name: 'QueryError',
      kind: 'permanent',
      message: expect.stringContaining(
        'Athena did not start the query: InvalidRequestException',
      ) as unknown,
    });
  });

  test('if the result was removed, the chunk starts again with a new query', async () => {
    await startServer('abcdefghijkl'.split('').map((key) => row(key)));
    const kit = { ...kitOn(), pageBytes: 80 };
    const sendBatch = kit.queue.sendBatch.bind(kit.queue);
    kit.queue.sendBatch = async (messages) => {
      const [first] = server.queries.executions;
      if (kit.queue.bodies.length === 1)
        await rm(join(folder, 'results', `${first?.id ?? ''}.csv`));
      return sendBatch(messages);
    };

    const outcome = await backfill(kit);

    expect(outcome).toMatchObject({ outcome: 'complete', counts: { rows: 12, sent: 12 } });
    expect(server.queries.executions).toHaveLength(2);
    expect(new Set(sentKeys(kit))).toEqual(new Set('abcdefghijkl'.split('')));
  });

  test('a query that is no longer needed is stopped', async () => {
    await startServer([row('a')]);
    const { engine } = kitOn();
    const id = await engine.start('SELECT 1', 'token');

    await engine.stop(id);

    expect(await engine.state(id)).toEqual({ state: 'running' });
    expect(await engine.state(id)).toMatchObject({ state: 'failed', transient: false });
  });
});
