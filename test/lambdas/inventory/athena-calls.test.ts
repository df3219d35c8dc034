import {
  AthenaClient,
  GetQueryExecutionCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
  type QueryExecution,
} from '@aws-sdk/client-athena';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { athenaEngine } from '../../../lambdas/inventory/athena.js';
import { parseInventory } from '../../../lambdas/inventory/inventory.js';
import { FakeClock } from '../../support/backfill/collaborators.js';

const athena = mockClient(AthenaClient);
const clock = new FakeClock();
const engine = () =>
  athenaEngine({
    workGroup: 'w',
    database: 'a"b',
    table: 't',
    clock,
    client: new AthenaClient({ region: 'eu-central-1' }),
  });

function callError(name: string): Error {
  return Object.assign(new Error('refused'), { name });
}

beforeEach(() => {
  athena.reset();
});

describe('Lake Formation', () => {
  const DENIED =
    'Insufficient Lake Formation permission(s): Required Select on objects (Service: AmazonDataCatalog; Error Code: AccessDeniedException)';
  const GRANTS =
    '(Lake Formation governs "a""b"."t": grant the role of this function DESCRIBE on the database, and SELECT and DESCRIBE on the table; docs/backfill.md has the commands under "Lake Formation")';

  async function reasonOf(StateChangeReason: string): Promise<string> {
    athena
      .on(GetQueryExecutionCommand)
      .resolves({ QueryExecution: { Status: { State: 'FAILED', StateChangeReason } } });
    const state = await engine().state('q-1');
    return state.state === 'failed' ? state.reason : state.state;
  }

  test('that refuses a query is named with the permissions to grant', async () => {
    expect(await reasonOf(DENIED)).toBe(`${DENIED} ${GRANTS}`);
    expect(await reasonOf('Principal does not have any privilege on specified resource')).toContain(
      GRANTS,
    );
    expect(await reasonOf('COLUMN_NOT_FOUND: line 1:8')).toBe('COLUMN_NOT_FOUND: line 1:8');
  });

  test('that refuses the location of the inventory is named with the way out', async () => {
    expect(
      await reasonOf('User: x is not authorized to perform: lakeformation:GetDataAccess'),
    ).toContain('register it in hybrid access mode');
  });

  test.each([StartQueryExecutionCommand, GetQueryExecutionCommand])(
    'that refuses a request (%#) is named too',
    async (command) => {
      const refused = Object.assign(new Error(DENIED), { name: 'InvalidRequestException' });
      athena.on(command as typeof StartQueryExecutionCommand).rejects(refused);
      const asked =
        command === StartQueryExecutionCommand
          ? engine().start('SELECT 1', 'token')
          : engine().state('q-1');

      await expect(asked).rejects.toThrow(`${DENIED} ${GRANTS}`);
    },
  );
});

describe('the table', () => {
  const dt = '2022-04-22-01-00';
  const inventory = (location: string) =>
    parseInventory({ location, format: 'csv', fields: 'Key' });

  test('is filtered by the partition of the report, with quoted names, in SQL for Athena', async () => {
    expect(engine().dialect).toBe('athena');
    expect(await engine().relation(inventory('s3://b/i'), dt)).toEqual({
      from: '"a""b"."t"',
      where: "dt = '2022-04-22-01-00'",
    });
  });

  test('has no partitions for a listing', async () => {
    const whole = { from: '"a""b"."t"' };

    expect(await engine().relation(inventory('s3://b/list.csv'), dt)).toEqual(whole);
    expect(await engine().relation(inventory('s3://b/i'), undefined)).toEqual(whole);
  });
});

describe('a query', () => {
  test('is started in the work group, with a token that makes the start idempotent', async () => {
    athena.on(StartQueryExecutionCommand).resolves({ QueryExecutionId: 'q-1' });

    expect(await engine().start('SELECT 1', 'token')).toBe('q-1');
    expect(athena.commandCalls(StartQueryExecutionCommand)[0]?.args[0].input).toEqual({
      QueryString: 'SELECT 1',
      ClientRequestToken: 'token',
      WorkGroup: 'w',
      QueryExecutionContext: { Database: 'a"b' },
    });
  });

  test('that does not start is attempted six times, within a minute', async () => {
    athena.on(StartQueryExecutionCommand).rejects(callError('ThrottlingException'));
    const begun = clock.now();

    await expect(engine().start('SELECT 1', 'token')).rejects.toMatchObject({
      name: 'QueryError',
      kind: 'transient',
      message: 'Athena did not start the query: ThrottlingException: refused',
    });
    expect(athena.commandCalls(StartQueryExecutionCommand)).toHaveLength(6);
    expect(clock.now() - begun).toBeGreaterThan(0);
    expect(clock.now() - begun).toBeLessThan(60_000);
  });

  test('that Athena rejects is attempted once', async () => {
    athena.on(StartQueryExecutionCommand).rejects(callError('InvalidRequestException'));

    await expect(engine().start('SELECT', 'token')).rejects.toMatchObject({ kind: 'permanent' });
    expect(athena.commandCalls(StartQueryExecutionCommand)).toHaveLength(1);
  });

  test('is stopped by its id', async () => {
    athena.on(StopQueryExecutionCommand).resolves({});

    await engine().stop('q-1');

    expect(athena.commandCalls(StopQueryExecutionCommand)[0]?.args[0].input).toEqual({
      QueryExecutionId: 'q-1',
    });
  });
});

describe('the state', () => {
  async function stateOf(execution: QueryExecution | undefined) {
    athena.on(GetQueryExecutionCommand).resolves({ QueryExecution: execution });
    return engine().state('q-1');
  }

  test('succeeded has the location and the cost of the result', async () => {
    const execution: QueryExecution = {
      Status: { State: 'SUCCEEDED' },
      ResultConfiguration: { OutputLocation: 's3://results/q-1.csv' },
      Statistics: { DataScannedInBytes: 42 },
    };

    expect(await stateOf(execution)).toEqual({
      state: 'succeeded',
      resultHref: 's3://results/q-1.csv',
      scannedBytes: 42,
    });
    expect(athena.commandCalls(GetQueryExecutionCommand)[0]?.args[0].input).toEqual({
      QueryExecutionId: 'q-1',
    });
    expect(await stateOf({ ...execution, Statistics: undefined })).toMatchObject({
      scannedBytes: 0,
    });
  });

  test.each(['QUEUED', 'RUNNING', undefined] as const)('%s is running', async (State) => {
    expect(await stateOf({ Status: { State } })).toEqual({ state: 'running' });
  });

  test('of a query that is missing from the response is running', async () => {
    expect(await stateOf(undefined)).toEqual({ state: 'running' });
  });

  test.each([
    ['Slow Down', true],
    ['SlowDown', true],
    ['Too many requests', true],
    ['Internal error', true],
    ['internal service error', true],
    ['Service unavailable', true],
    ['timed out waiting for a worker', true],
    ['time out waiting for a worker', true],
    ['timedout waiting for a worker', true],
    ['GENERIC_INTERNAL_ERROR: x', true],
    ['SYNTAX_ERROR: line 1', false],
    ['TABLE_NOT_FOUND', false],
  ])("failed with '%s' may pass: %s", async (reason, transient) => {
    const Status = { State: 'FAILED' as const, StateChangeReason: reason };

    expect(await stateOf({ Status })).toEqual({ state: 'failed', reason, transient });
  });

  test('failed is transient if Athena says so, whatever the reason', async () => {
    const of = (Retryable: boolean) =>
      stateOf({
        Status: { State: 'FAILED', AthenaError: { Retryable, ErrorMessage: 'of the error' } },
      });

    expect(await of(true)).toEqual({ state: 'failed', reason: 'of the error', transient: true });
    expect(await of(false)).toMatchObject({ transient: false });
  });

  test('cancelled is permanent, and failed without a reason says so', async () => {
    const reason = 'Bytes scanned limit was exceeded: throttled';

    expect(await stateOf({ Status: { State: 'CANCELLED', StateChangeReason: reason } })).toEqual({
      state: 'failed',
      reason: `cancelled: ${reason}`,
      transient: false,
    });
    expect(await stateOf({ Status: { State: 'FAILED' } })).toMatchObject({
      reason: 'no reason given',
    });
  });

  test.each(['ThrottlingException', 'TooManyRequestsException', 'SlowDown', 'ServiceUnavailable'])(
    'that cannot be read because of %s is running until the next poll',
    async (name) => {
      athena.on(GetQueryExecutionCommand).rejects(callError(name));

      expect(await engine().state('q-1')).toEqual({ state: 'running' });
    },
  );

  test('that cannot be read for another reason is a transient error with the id of the query', async () => {
    athena.on(GetQueryExecutionCommand).rejects(callError('AccessDeniedException'));

    await expect(engine().state('q-1')).rejects.toMatchObject({
      name: 'QueryError',
      kind: 'transient',
      message: 'Athena query q-1: AccessDeniedException: refused',
    });
  });
});
