import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startLocalIngestor,
  type LocalIngestor,
} from '../../../../local/ingestor/local-ingestor.js';
import { startSqs, type SqsServer } from '../../../../local/queue/sqs-server.js';
import { functionServices } from '../../../support/function-services/server.js';
import { runCli } from '../../../support/cli/run-cli.js';

/** 50 deployed pipelines, one whose folder is broken, and one that is not deployed. */
const DEPLOYED = Array.from({ length: 50 }, (_, index) => `p${String(index).padStart(2, '0')}`);
const BROKEN = 'broken';
const AWAY = 'away';

let root: string;
let sqs: SqsServer;
let functions: Awaited<ReturnType<typeof functionServices>>;
let items: LocalIngestor;
let awayItems: LocalIngestor;

beforeAll(async () => {
  sqs = await startSqs(
    DEPLOYED.flatMap((id) => [
      `demo-${id}-granules`,
      `demo-${id}-granules-dead-letters`,
      `demo-${id}-schedule-dead-letters`,
    ]),
  );
  items = await startLocalIngestor();
  awayItems = await startLocalIngestor();
  functions = await functionServices();
  for (const id of DEPLOYED) {
    for (const role of ['app', 'collection', 'breaker']) functions.create(`demo-${id}-${role}`);
    functions.mappings.create(`demo-${id}-app`, `demo-${id}-granules`);
    functions.table.tables.add(`demo-${id}-state`);
  }
  root = mkdtempSync(join(tmpdir(), 'fleet-'));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  for (const id of [...DEPLOYED, BROKEN, AWAY]) writePipeline(id);
  writeFileSync(join(root, 'pipelines', BROKEN, 'config.yaml'), 'id: broken\n');
});

afterAll(async () => {
  rmSync(root, { recursive: true, force: true });
  await Promise.all([sqs.close(), items.close(), awayItems.close(), functions.close()]);
});

function writePipeline(id: string): void {
  const folder = join(root, 'pipelines', id);
  mkdirSync(folder, { recursive: true });
  const config = [
    `id: ${id}`,
    'compute: awslambda',
    `ingestor_url: ${id === AWAY ? awayItems.url : items.url}`,
    'secret_arn: arn:aws:secretsmanager:eu-central-1:123456789012:secret:x-AbCdEf',
    'verify_ingestion: false',
  ];
  const app = `import { granuleHandler } from ${JSON.stringify(resolve('lambdas/granule-handler.ts'))};
export const handler = granuleHandler({ collectionId: '${id}', parseMessage: () => undefined, createItem: () => Promise.reject(new Error()) });`;
  writeFileSync(join(folder, 'config.yaml'), `${config.join('\n')}\n`);
  writeFileSync(join(folder, 'app.ts'), app);
  writeFileSync(join(folder, 'collection.ts'), '');
}

const status = (...args: string[]) =>
  runCli('status', args, {
    cwd: root,
    env: {
      AWS_ENDPOINT_URL: sqs.url,
      AWS_ENDPOINT_URL_LAMBDA: functions.url,
      AWS_ENDPOINT_URL_DYNAMODB: functions.url,
    },
  });

describe('npm run status -- --all', () => {
  test('prints one line for each of 52 pipelines, worst first, and exits with 1', async () => {
    for (let count = 0; count < 7; count += 1)
      sqs.queue('demo-p31-granules-dead-letters').send('{}');
    functions.mappings.set('demo-p17-app', 'Disabled');

    const begun = performance.now();
    const { code, stdout, stderr } = await status('--all');
    const seconds = (performance.now() - begun) / 1000;

    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    const rows = lines.slice(1, 53);
    expect(rows.slice(0, 2)).toEqual([
      'p17       action needed      0       -     0  consumption is off',
      'p31       action needed      0       -     7  7 dead letters',
    ]);
    expect(rows[2]).toMatch(/^broken +unknown +- +- +- {2}pipelines\/broken\/config.yaml/);
    const good = DEPLOYED.filter((id) => !['p17', 'p31'].includes(id));
    expect(rows.slice(3, -1).map((row) => row.split(/\s+/).slice(0, 2))).toEqual(
      good.map((id) => [id, 'ok']),
    );
    expect(rows.at(-1)).toMatch(/^away +not deployed/);
    expect(lines.at(-2)).toBe(
      '52 pipelines: 2 need action, 1 cannot be read, 48 ok, 1 not deployed.',
    );
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120);
    // Measured: 5 to 7 s on two cores at load 17. The limit only notices pipelines that are read one after the other, or much more.
    expect(seconds).toBeLessThan(60);
  });

  test('asks a shared ingestor once for each status, however many pipelines post to it', async () => {
    const before = items.requestCount();

    await status('--all', '--json');

    expect(items.requestCount() - before).toBe(5);
  });

  test('does not ask the ingestor of a pipeline that is not deployed, which may be a placeholder', async () => {
    const { stdout } = await status('--all', '--json');
    const { pipelines } = JSON.parse(stdout) as {
      readonly pipelines: readonly Readonly<Record<string, unknown>>[];
    };

    expect(awayItems.requestCount()).toBe(0);
    expect(pipelines.at(-1)).toMatchObject({
      pipeline: AWAY,
      state: 'not deployed',
      ingestor: { error: 'not asked, because the pipeline is not deployed' },
    });
  });

  test('prints the pipelines as JSON in the same order, with all of their status', async () => {
    const { code, stdout } = await status('--all', '--json');
    const { pipelines } = JSON.parse(stdout) as {
      readonly pipelines: readonly Readonly<Record<string, unknown>>[];
    };

    expect(code).toBe(1);
    expect(pipelines).toHaveLength(52);
    expect(pipelines[1]).toMatchObject({
      pipeline: 'p31',
      state: 'action needed',
      collection: 'p31',
      deadLetters: { value: { visible: 7 } },
      attention: ['7 dead letters: npm run redrive -- p31'],
    });
  });

  test('refuses a pipeline beside --all, and a wrong PROJECT, with one sentence', async () => {
    const both = await status('p17', '--all');
    expect(both).toMatchObject({ code: 2, stdout: '' });
    expect(both.stderr).toContain('--all and p17 contradict each other');

    const wrong = await runCli('status', ['--all'], { cwd: root, env: { PROJECT: 'No Good' } });
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/^PROJECT must be [^\n]*\n$/);
  });
});
