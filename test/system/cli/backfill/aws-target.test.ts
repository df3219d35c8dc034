import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deployedBackfill } from '../../../../cli/backfill/aws-target.js';
import { deployedPipeline } from '../../../../cli/shared/deployed-pipeline.js';
import { newBackfill, type BackfillCursor } from '../../../../lambdas/backfill/cursor.js';
import { cursorTable } from '../../../../lambdas/backfill/cursor-table.js';
import { pipelineNames } from '../../../../modules/config/names.js';
import type { AthenaServer } from '../../../support/backfill/athena-server.js';
import { startAthena } from '../../../support/backfill/athena.js';
import {
  act,
  backfillFolder,
  DT,
  FIXTURE,
  type Acted,
  type ActedOptions,
  type BackfillFolder,
} from '../../../support/backfill/inventory.js';
import {
  startBackfillServices,
  type BackfillServices,
} from '../../../support/backfill/services.js';
import { AWS_ENV, runCli, type CliResult } from '../../../support/cli/run-cli.js';

const SOURCE = 's3://inventory/prefix/bucket/config-id csv chunks';
const names = pipelineNames({ project: 'demo', pipeline: 'example', account: '123456789012' });

let folder: BackfillFolder;

beforeEach(async () => {
  folder = await backfillFolder();
});

afterEach(() => folder.remove());

describe('a deployed backfill', () => {
  let athena: AthenaServer;
  let services: BackfillServices;
  let answer: () => Promise<object>;

  beforeEach(async () => {
    athena = await startAthena(folder, names);
    answer = () => Promise.resolve({ outcome: 'started', message: 'chunk 2022-04-20 has begun' });
    services = await startBackfillServices({
      table: names.stateTable,
      functionName: names.functions.historic.function,
      answer: () => answer(),
    });
    Object.assign(process.env, AWS_ENV);
  });

  afterEach(async () => {
    await Promise.all([athena.stop(), services.close()]);
  });

  const env = () => ({
    AWS_ENDPOINT_URL_ATHENA: athena.url,
    AWS_ENDPOINT_URL_S3: athena.url,
    AWS_ENDPOINT_URL_DYNAMODB: services.url,
    AWS_ENDPOINT_URL_LAMBDA: services.url,
  });
  const deployed = async (action = 'status', options?: ActedOptions): Promise<Acted> => {
    Object.assign(process.env, env());
    const folderOf = { id: 'example', folder: join(FIXTURE, 'pipelines/example') };
    return act(await deployedBackfill(deployedPipeline(folderOf)), action, options);
  };
  const command = (...args: string[]): Promise<CliResult> =>
    runCli('backfill', ['example', ...args], { cwd: FIXTURE, env: env() });
  const cursors = () =>
    cursorTable(
      { tableName: names.stateTable, pipelineId: 'example' },
      new DynamoDBClient({ endpoint: services.url, region: 'eu-central-1' }),
    );
  const begin = { source: SOURCE, chunk: '2022-04-20', now: Date.now() - 10_000 };
  const sending: BackfillCursor = {
    ...newBackfill(begin),
    stage: 'sending',
    dt: DT,
    inventoryDate: '2022-04-22',
    bytes: 2e12,
    queryId: 'q-1',
    result: { href: 's3://results/q-1.csv', offset: 250, size: 1000 },
    counts: { rows: 1000, sent: 900, skipped: 99, refused: 1 },
    updatedAt: new Date(begin.now + 10_000).toISOString(),
  };

  test('shows the cost of a query before it has started', async () => {
    const { code, stdout, stderr } = await command();

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('; a query costs at most 0.00005 USD');
    expect(stdout).toContain(
      'The schedule starts it; to start it now: npm run backfill -- example start\n',
    );
  });

  test('is started by its function, after the cost is shown', async () => {
    const { code, stdout } = await deployed('start');

    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^report 2022-04-22-01-00: .*USD.*\nexample: chunk 2022-04-20 has begun\n$/,
    );
    expect(services.invocations).toEqual([{ event: { action: 'run' }, type: 'RequestResponse' }]);
  });

  test('shows progress, rate and time left while it is running', async () => {
    await cursors().write(sending, undefined);

    const [text, json] = [await deployed(), await command('--json')];

    expect(text.code).toBe(0);
    expect(text.stdout.split('\n').slice(0, 6)).toEqual([
      'example: running (sending), chunk 2022-04-20 (0 chunks done)',
      `  report     ${DT}, 2.00 TB; a query costs at most 10 USD (Athena's list price)`,
      "  progress   25 % of the query's result, about 30 s left",
      '  rows       1,000: 900 sent, 99 skipped, 1 refused',
      '  this chunk 1,000: 900 sent, 99 skipped, 1 refused',
      '  rate       100 rows per second since the chunk started',
    ]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      state: 'running (sending)',
      share: 0.25,
      rowsPerSecond: 100,
      remainingSeconds: 30,
      scanUsd: 10,
      queryId: 'q-1',
    });
  });

  test('has exit code 1 if it failed or stalled', async () => {
    const message = 'query q-1 failed: HIVE_BAD_DATA';
    const failed = { ...sending, stage: 'failed' as const, failure: { message, owner: 'x' } };
    await cursors().write(failed, undefined);
    const first = await deployed();
    await cursors().write({ ...sending, updatedAt: '2022-05-01T00:00:00.000Z' }, 1);
    const second = await deployed();

    expect([first.code, second.code]).toEqual([1, 1]);
    expect(first.stdout).toContain(`  query      q-1\n  failure    ${message}\n`);
    expect(second.stdout).toContain('No progress since then');
  });

  test('is paused and resumed through the table', async () => {
    const none = await deployed('pause');
    await cursors().write(sending, undefined);
    await deployed('pause');
    const paused = (await cursors().read())?.cursor.paused;
    await deployed('resume');

    expect([none.code, none.stdout]).toEqual([
      1,
      'example: the backfill has not started: there is nothing to pause\n',
    ]);
    expect([paused, (await cursors().read())?.cursor.paused]).toEqual([true, false]);
    expect(services.invocations).toEqual([{ event: { action: 'continue' }, type: 'Event' }]);
  });

  test('[H02] restarts at a chunk in any date format, but not at one that the pipeline rejects', async () => {
    await cursors().write(sending, undefined);
    const refused = deployed('restart', { chunk: 'never', yes: true });
    await expect(refused).rejects.toThrow(
      'queryInventory in historic.ts threw an error: there is no such chunk',
    );
    const before = (await cursors().read())?.cursor.chunk;
    await deployed('restart', { chunk: '2022-4-2', yes: true });

    expect(before).toBe('2022-04-20');
    expect((await cursors().read())?.cursor).toMatchObject({
      chunk: '2022-04-02',
      stage: 'waiting',
    });
    expect(services.invocations).toHaveLength(1);
  });

  test('does not restart before it is confirmed that the progress may be discarded', async () => {
    await cursors().write({ ...sending, chunks: 7 }, undefined);
    const questions: string[] = [];
    const answer = (says: boolean) => (question: string) => {
      questions.push(question);
      return Promise.resolve(says);
    };

    const kept = await deployed('restart', { chunk: '2022-04-02', ask: answer(false) });
    await expect(deployed('restart', { chunk: '2022-04-02' })).rejects.toThrow('Pass --yes');
    const left = (await cursors().read())?.cursor;
    await deployed('restart', { chunk: '2022-04-02', ask: answer(true) });

    expect(questions[0]).toBe(
      'Discard the progress of example (7 chunks done; chunk 2022-04-20 is sending) and start again?',
    );
    expect(kept.stdout).toContain('example: nothing was changed\n');
    expect(left).toMatchObject({ chunks: 7, chunk: '2022-04-20' });
    expect((await cursors().read())?.cursor).toMatchObject({ chunks: 0, chunk: '2022-04-02' });
  });

  test.each(['start', 'resume'])(
    '%s says how long the lease of a run that was killed blocks the backfill',
    async (action) => {
      answer = () => Promise.resolve({ outcome: 'continued', message: 'it continues' });
      const lease = { owner: 'killed', until: Date.now() + 45_000 };
      await cursors().write({ ...sending, lease }, undefined);

      const { code, stdout } = await deployed(action);

      expect(code).toBe(0);
      expect(stdout).toMatch(
        /Another run works on it now\. If that run was killed, run this again in 4\d s; otherwise the keeper/,
      );
    },
  );

  test('[C10] does not start if the inventory has other columns, and prints the two lines of config.yaml', async () => {
    await folder.write(['Bucket', 'Key']);

    const [start, described] = [await command('start'), await deployed('describe')];

    expect(start.code).toBe(1);
    expect(start.stderr).toContain('inventory_format: csv\ninventory_fields: [Bucket, Key]\n');
    expect(services.invocations).toEqual([]);
    expect(described.stdout).toContain('inventory_fields: [Bucket, Key]\n');
  });

  test('[N13] waits for its inventory, in words and with exit code 0 for two days', async () => {
    await rm(join(folder.inventory, 'hive'), { recursive: true });
    const missing = 'no partition: s3://inventory/prefix/bucket/config-id/hive/ has no folder';
    answer = () => Promise.resolve({ outcome: 'waiting', message: 'it waits' });
    const before = await deployed();
    const started = await deployed('start');
    await cursors().write({ ...newBackfill(begin), waitingFor: missing }, undefined);
    const waiting = await deployed();
    const old = new Date(Date.now() - 49 * 3_600_000).toISOString();
    await cursors().write({ ...newBackfill(begin), waitingFor: missing, startedAt: old }, 1);
    const overdue = await deployed();

    expect([before, started, waiting, overdue].map(({ code }) => code)).toEqual([0, 0, 0, 1]);
    expect(before.stdout).toContain(`example: not started\n  ${missing}`);
    expect(started.stdout).toBe('example: it waits\n');
    expect(waiting.stdout).toContain(
      'example: waiting, chunk 2022-04-20 has not started because its inventory is not there\n' +
        `  missing    ${missing}\n`,
    );
    expect(waiting.stdout).toContain('It starts by itself within 15 minutes');
    expect(waiting.json).toMatchObject({ state: 'waiting', waitingFor: missing });
    expect(overdue.stdout).toContain('It has waited for more than 48 hours');
  });

  test('[N02] whose chunk had too many refused rows is started again by a person', async () => {
    const failure = { message: '3 of 9 rows were refused', owner: 'x', needsStart: true };
    await cursors().write({ ...sending, stage: 'failed', failure }, undefined);
    const status = await deployed();
    await deployed('start');

    expect(status.code).toBe(1);
    expect(status.stdout).toContain('  failure    3 of 9 rows were refused\n');
    expect((await cursors().read())?.cursor).toMatchObject({
      stage: 'failed',
      failure: { message: failure.message, needsStart: false },
    });
    expect(services.invocations).toEqual([{ event: { action: 'run' }, type: 'RequestResponse' }]);
  });

  test('uses Athena for a dry run and a count, and sends nothing', async () => {
    const dry = await deployed('dry-run');
    const described = await deployed('describe', { countRows: true });

    expect(dry.stdout).toContain(
      '3 rows: 2 messages would be sent, 1 row skipped, 0 rows refused\n',
    );
    expect(described.stdout).toContain('4 rows (current objects)\n  config.yaml matches it:\n');
    expect(athena.calls.filter((call) => call === 'StartQueryExecution')).toHaveLength(2);
    expect([services.invocations, await cursors().read()]).toEqual([[], undefined]);
  });

  test('reports why its function failed, or that it is not deployed', async () => {
    answer = () => Promise.reject(new Error('no file: the bucket was empty'));
    await expect(deployed('start')).rejects.toThrow(
      'function demo-example-historic failed: no file: the bucket was empty',
    );
    await services.close();
    services = await startBackfillServices({ table: 'other', functionName: 'other', answer });

    await expect(deployed()).rejects.toThrow(
      'table demo-example-state does not exist in eu-central-1: check that the pipeline is deployed',
    );
  });

  describe('chunks that follow each other', () => {
    const begun = { ...newBackfill(begin), until: 'all' as const };

    test('come after their cost is shown, and are asked of the function', async () => {
      answer = async () => {
        await cursors().write(begun, undefined);
        return { outcome: 'started', message: 'chunk 2022-04-20 has begun' };
      };

      const { code, stdout, json } = await deployed('start', { chunks: Infinity });

      expect(code).toBe(0);
      expect(stdout).toMatch(
        /^chunks 2022-04-20 to 2022-04-21: 2 chunks, 2 queries, at most 0\.0001 USD \(Athena's list price\)\nexample: chunk 2022-04-20 has begun\n$/,
      );
      expect(json).toMatchObject({ cost: { chunks: 2, queries: 2, scanUsd: 0.0001 } });
      expect(services.invocations).toEqual([
        { event: { action: 'run', chunks: 'all' }, type: 'RequestResponse' },
      ]);
    });

    test('are not begun if the person says no', async () => {
      const ask = () => Promise.resolve(false);

      const { stdout } = await deployed('start', { chunks: 2, ask });

      expect(stdout).toContain('example: nothing was started\n');
      expect(services.invocations).toEqual([]);
    });

    test('are an error if the deployed function does not know them', async () => {
      await cursors().write({ ...newBackfill(begin), stage: 'pending' }, undefined);

      await expect(deployed('start', { chunks: 2, yes: true })).rejects.toThrow(
        'the deployed function is older than this command',
      );
    });

    test('are shown by status', async () => {
      await cursors().write({ ...sending, until: 12, chunks: 2 }, undefined);

      const { stdout, json } = await deployed();

      expect(stdout).toContain('  goes on    9 more chunks without the schedule\n');
      expect(json).toMatchObject({ ahead: 9 });
    });
  });

  describe('a repost', () => {
    const range = { from: '2022-04-20', to: '2022-04-21' };
    const reposts = () =>
      cursorTable(
        { tableName: names.stateTable, pipelineId: 'example', of: 'repost' },
        new DynamoDBClient({ endpoint: services.url, region: 'eu-central-1' }),
      );

    test('has a row of its own, and is begun by the function', async () => {
      await cursors().write(sending, undefined);

      const { code, stdout } = await command('repost', '--from', range.from, '--to', range.to);

      expect(code).toBe(0);
      expect(stdout).toMatch(/^report 2022-04-22-01-00, chunks .*: 2 chunks, 2 queries, at most/);
      expect((await reposts().read())?.cursor).toMatchObject({
        source: SOURCE,
        stage: 'waiting',
        chunk: '2022-04-20',
        until: 'all',
        range: { ...range, count: 2 },
      });
      expect((await cursors().read())?.cursor).toEqual(sending);
      expect(services.invocations).toEqual([
        { event: { action: 'repost' }, type: 'RequestResponse' },
      ]);
    });

    test('that is failed is shown, and resumed', async () => {
      const failure = { message: 'query q failed', owner: 'x', needsStart: true };
      const failed = newBackfill({ ...begin, range: { ...range, count: 2 } });
      await cursors().write(sending, undefined);
      await reposts().write({ ...failed, stage: 'failed', failure }, undefined);

      const status = await deployed();
      const { code } = await deployed('resume', { repost: true });

      expect(status.code).toBe(1);
      expect(status.stdout).toContain('example: repost failed, chunks 2022-04-20 to 2022-04-21');
      expect(status.stdout).toContain('  failure    query q failed\n');
      expect(status.stdout).toContain('npm run backfill -- example resume --repost\n');
      expect(code).toBe(0);
      expect(services.invocations.map(({ event }) => event)).toEqual([{ action: 'repost' }]);
    });

    test('says that the function must be deployed if it does not know reposts', async () => {
      answer = () =>
        Promise.reject(new Error('the event of the historic function must be {"action":"run"}'));

      await expect(deployed('repost', { ...range, yes: true })).rejects.toThrow(
        'Its code is older than this command: deploy the pipeline',
      );
    });
  });
});
