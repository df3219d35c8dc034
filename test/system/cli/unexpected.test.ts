import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import { bundleEntries } from '../../../modules/bundling/bundle.js';
import { carelessProject } from '../../support/cli/careless-pipeline.js';
import { runCli } from '../../support/cli/run-cli.js';
import { jsonLines } from '../../support/json-lines.js';

const TIMEOUT_MS = 120_000;
const PLACE = 'pipelines/waves/careless.ts:4:';
const REASON = `Cannot read properties of undefined (reading 'b') at ${PLACE}`;
const FRAME = /\n {4}at .*\(?pipelines\/waves\/careless\.ts:4:\d+\)?\n/;

let root: string;

beforeAll(() => {
  root = carelessProject();
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

const run = (command: string, args: readonly string[], env = {}) =>
  runCli(command, args, { cwd: root, env });

function linesOf(file: string): Readonly<Record<string, string>>[] {
  return jsonLines(readFileSync(join(root, file), 'utf8')) as Record<string, string>[];
}

/** No path of this machine, and none of the folder that bundles are written to. */
function expectRelative(text: string): void {
  expect(text).not.toContain(root);
  expect(text).not.toContain(process.cwd());
  expect(text).not.toContain(tmpdir());
}

describe('[N22] npm run local, if createItem reads a field of undefined', () => {
  const args = ['waves', '--messages', 'messages.ndjson', '--concurrency', '1'];

  test(
    'names the href and the place in the summary and in the dead letter; log.ndjson has the stack',
    async () => {
      const { code, stdout, stderr } = await run('local', args);

      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      expect(stdout).toContain(`1 TypeError, for example: s3://bucket/granule: ${REASON}`);
      expect(stdout).toContain(`the Collection was not posted: createCollection: ${REASON}`);
      const letters = linesOf('out/waves/dead-letters.ndjson').map(({ reason = '' }) => reason);
      expect(letters.sort()).toEqual([
        expect.stringMatching(
          /^s3:\/\/bucket\/granule: .* at pipelines\/waves\/careless\.ts:4:\d+$/,
        ),
        's3://bucket/refused: no footprint',
      ]);
      const log = linesOf('out/waves/log.ndjson');
      const stacks = log.filter(({ error }) => error === 'TypeError').map(({ stack }) => stack);
      expect(stacks).toHaveLength(3);
      for (const stack of stacks) expect(stack).toMatch(FRAME);
      expect(log.find(({ error }) => error === 'GranuleError')).not.toHaveProperty('stack');
      expectRelative(JSON.stringify(log));
    },
    TIMEOUT_MS,
  );

  test(
    'prints the stack once with DEBUG=1',
    async () => {
      const { stderr } = await run('local', [...args, '--out', 'debug'], { DEBUG: '1' });

      expect(stderr).toMatch(FRAME);
      expect(stderr.split(PLACE)).toHaveLength(2);
      expectRelative(stderr);
    },
    TIMEOUT_MS,
  );
});

describe('[N22] npm run', () => {
  test.each<[string, string, readonly string[], string]>([
    ['item', 'item', ['waves', 's3://bucket/granule'], `s3://bucket/granule: ${REASON}`],
    ['collection', 'collection', ['waves'], `createCollection: ${REASON}`],
    [
      'backfill, for queryInventory',
      'backfill',
      ['waves', 'dry-run', '--local', '--inventory', 'listing.txt', '--chunk', 'bad'],
      `queryInventory in historic.ts threw an error: ${REASON}`,
    ],
    [
      'backfill, for rowToMessageBody',
      'backfill',
      ['waves', 'start', '--local', '--inventory', 'listing.txt'],
      `"reason":"rowToMessageBody: ${REASON}`,
    ],
  ])(
    '%s names the place; DEBUG=1 adds the stack',
    async (...[, command, args, reason]) => {
      const plain = await run(command, args);
      const debug = await run(
        command,
        [...args, ...(args.includes('start') ? ['--out', 'debug'] : [])],
        {
          DEBUG: '1',
        },
      );

      expect(plain.stderr).toContain(reason);
      expect(plain.stderr).not.toMatch(FRAME);
      expect(debug.stderr).toMatch(FRAME);
      expectRelative(debug.stderr);
    },
    TIMEOUT_MS,
  );

  test.each<[string, string, string]>([
    [
      'throws when it is loaded',
      'careless({});',
      `pipelines/waves/app.ts cannot be loaded: ${REASON}`,
    ],
    [
      'cannot be compiled',
      'const = 1;',
      'pipelines/waves/app.ts:13:7: Expected identifier but found "="',
    ],
    [
      'imports a file that does not exist',
      "import './nowhere.js';",
      'pipelines/waves/app.ts:13:8: Could not resolve "./nowhere.js"',
    ],
  ])(
    'item names an app.ts that %s',
    async (_, line, sentence) => {
      const app = join(root, 'pipelines/waves/app.ts');
      const before = readFileSync(app, 'utf8');
      writeFileSync(app, `${before}${line}\n`);
      const { code, stderr } = await run('item', ['waves', 's3://bucket/granule']);
      writeFileSync(app, before);

      expect(code).toBe(1);
      expect(stderr).toContain(sentence);
      expect(stderr.trim()).not.toContain('\n');
      expectRelative(stderr);
    },
    TIMEOUT_MS,
  );
});

test(
  '[N22] the deployed bundle logs the stack, mapped to the source',
  async () => {
    const [bundle] = (await bundleEntries(['pipelines/waves/app.ts'], { root })).values();
    const task = mkdtempSync(join(tmpdir(), 'task-'));
    for (const [file, content] of Object.entries(unzipSync(bundle?.zip ?? new Uint8Array())))
      writeFileSync(join(task, file), content);
    const record = {
      messageId: 'm',
      receiptHandle: 'r',
      body: 's3://bucket/granule',
      messageAttributes: {},
      attributes: {},
    };
    const program = `
      const { handler } = await import('${task}/app.mjs');
      await handler({ Records: [${JSON.stringify(record)}] }, { getRemainingTimeInMillis: () => 60000 });`;

    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      cwd: task,
      env: {
        // As modules/constructs/pipeline-function.ts sets it.
        NODE_OPTIONS: '--enable-source-maps',
        PIPELINE: 'waves',
        QUEUE_URL: 'http://127.0.0.1:1/queue',
        DEAD_LETTERS_URL: 'http://127.0.0.1:1/dead-letters',
        INGESTOR_URL: 'http://127.0.0.1:1',
        SECRET_ARN: 'arn:aws:secretsmanager:us-west-2:123456789012:secret:ingestor-AbCdEf',
        TABLE_NAME: 'demo-waves-state',
        AWS_REGION: 'us-west-2',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_MAX_ATTEMPTS: '1',
      },
    });
    rmSync(task, { recursive: true });

    const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
    const logged = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(logged).toContainEqual(
      expect.objectContaining({
        message: 'record',
        outcome: 'retry',
        reason: expect.stringContaining(`s3://bucket/granule: ${REASON}`) as unknown,
        stack: expect.stringMatching(FRAME) as unknown,
      }),
    );
    expectRelative(JSON.stringify(logged.find(({ message }) => message === 'record')));
  },
  TIMEOUT_MS,
);
