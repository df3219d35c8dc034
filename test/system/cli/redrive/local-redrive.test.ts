import {
  cpSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listLocal, localDeadLetters } from '../../../../cli/redrive/local-store.js';
import { runFiles } from '../../../../cli/redrive/run-files.js';
import { runCli } from '../../../support/cli/run-cli.js';

let folder: string;
let out: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-redrive-'));
  out = join(folder, 'out');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function linesOf(name: string): string[] {
  return readFileSync(join(out, name), 'utf8').split('\n').filter(Boolean);
}

test('dead letters of a local run succeed in its folder once the missing input is there', async () => {
  const [bucket, messages] = [join(folder, 'bucket'), join(folder, 'messages.ndjson')];
  cpSync('pipelines/sentinel1/sample/bucket', bucket, { recursive: true });
  cpSync('pipelines/sentinel1/sample/messages.ndjson', messages);
  writeFileSync(messages, '{"Records":[{"half":1}]}\n', { flag: 'a' });
  renameSync(join(bucket, 'GRD/2019'), join(folder, '2019'));
  const local = ['sentinel1', '--messages', messages, '--granules', bucket, '--out', out];
  await runCli('local', local);
  const before = linesOf('items.ndjson').length;
  const dead = linesOf('dead-letters.ndjson').length;
  renameSync(join(folder, '2019'), join(bucket, 'GRD/2019'));

  const redrive = ['sentinel1', '--local', '--out', out, '--send', '--yes'];
  const { code, stdout, stderr } = await runCli('redrive', redrive);

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('1 message that no handler can parse; not sent again:');
  expect(stdout).toContain('Sent 1 message again.\nmade 1, posted 1\n');
  expect(dead).toBe(2);
  expect(linesOf('items.ndjson')).toHaveLength(before + 1);
  expect(linesOf('dead-letters.ndjson')).toHaveLength(1);
}, 120_000);

test('an interrupted redrive keeps its dead letters, and the next one finishes them', async () => {
  const messages = join(folder, 'messages.ndjson');
  const product =
    'GRD/2022/1/1/IW/DV/S1A_IW_GRDH_1SDV_20220101T000000_20220101T000025_041234_04E0F0_ABCD';
  writeFileSync(messages, `${JSON.stringify({ path: product })}\n`);
  await runCli('local', ['sentinel1', '--messages', messages, '--granules', folder, '--out', out]);
  const sentinel1 = { id: 'sentinel1', folder: 'pipelines/sentinel1' };
  const stopped = localDeadLetters(sentinel1, out);
  const { deadLetters } = await stopped.list();

  stopped.stop();
  const interrupted = await stopped.send(deadLetters);
  const between = await localDeadLetters(sentinel1, out).list();
  const ended = await localDeadLetters(sentinel1, out).send(between.deadLetters);

  expect(deadLetters.map(({ error }) => error)).toEqual(['ReadError']);
  expect(interrupted.fault).toBe('interrupted: run the same command to continue');
  expect(between.deadLetters.map(({ id }) => id)).toEqual(deadLetters.map(({ id }) => id));
  expect(ended.fault).toBeUndefined();
  const after = await localDeadLetters(sentinel1, out).list();
  expect(after.deadLetters.map(({ error, queue }) => [error, queue])).toEqual([
    ['ReadError', 'dead-letters.ndjson'],
  ]);
}, 120_000);

test('a redrive that was killed while taking dead letters out is finished before the selected ones run', async () => {
  const messages = join(folder, 'messages.ndjson');
  writeFileSync(messages, '"killed"\n[1]\n[2]\n');
  await runCli('local', ['sentinel1', '--messages', messages, '--granules', folder, '--out', out]);
  const [killed = ''] = linesOf('dead-letters.ndjson');
  writeFileSync(join(out, '.run/redrive.ndjson'), `${killed}\n`);

  const redrive = ['sentinel1', '--local', '--out', out, '--reason', '[1]', '--send', '--yes'];
  const { code, stdout } = await runCli('redrive', redrive);

  // Both messages fail again.
  expect(code).toBe(1);
  expect(stdout).toContain('Sent 2 messages again.');
  expect(stdout).toContain('An interrupted redrive had left 1 of these unfinished.');
  const { deadLetters } = listLocal(runFiles(out));
  expect(deadLetters.map(({ body }) => body).toSorted()).toEqual(['"killed"', '[1]', '[2]']);
  const untouched = (body: string) =>
    deadLetters.find((deadLetter) => deadLetter.body === body)?.queue;
  expect(untouched('[2]')).toBe('dead-letters.ndjson');
  expect(linesOf('dead-letters.ndjson')).toHaveLength(3);
  expect(linesOf('dead-letters.ndjson')).not.toContain(killed);
}, 120_000);

test('invalid lines are reported, and the dead letters of an interrupted redrive are listed', () => {
  const line = (messageId: string, attributes: object = {}) =>
    JSON.stringify({ messageId, body: '{"path":"GRD/1"}', attributes });
  const state = join(out, '.run');
  cpSync('pipelines/sentinel1/sample/messages.ndjson', join(state, 'state.json'));
  const attributes = { reason: 'no pass', error: 'GranuleError', kind: 'permanent' };
  writeFileSync(join(out, 'dead-letters.ndjson'), `${line('a', attributes)}\n{"half\n`);
  writeFileSync(join(state, 'redrive.ndjson'), `${line('b')}\n`);

  const { deadLetters, notes } = listLocal(runFiles(out));

  expect(deadLetters.map(({ id, reason, queue }) => [id, reason, queue])).toEqual([
    ['a', 'no pass', 'dead-letters.ndjson'],
    ['b', undefined, 'redrive.ndjson'],
  ]);
  expect(notes).toEqual([
    `line 2 of ${join(out, 'dead-letters.ndjson')} is not a valid dead letter`,
  ]);
});

test('a folder without a local run is an error', async () => {
  const { code, stderr } = await runCli('redrive', ['sentinel1', '--local', '--out', out]);

  expect(code).toBe(2);
  expect(stderr).toContain(
    `${join(out, 'dead-letters.ndjson')} does not exist: no local run has finished in that folder`,
  );
});

/** About 250 MB of strings: too much for a container with 128 MB, but not for one without a limit. */
const HEAVY_APP = `
import { granuleHandler } from '../../lambdas/granule-handler.js';
import { COLLECTION_ID } from './constants.js';
import { parseMessage } from './granule-message.js';
import { createItem as light } from './item.js';

// Needs pipelines/sentinel1.

const createItem: typeof light = (granule) => {
  const strings = Array.from({ length: 4_000_000 }, (_, index) => \`granule \${index}\`);
  return strings.length > 0 ? light(granule) : light(granule);
};

export const handler = granuleHandler({ collectionId: COLLECTION_ID, parseMessage, createItem });
`;

/** Makes a project whose only pipeline, sentinel1, needs more memory than its memory_mb allows. */
function heavyProject(root: string): void {
  for (const name of ['lambdas', 'local', 'modules', 'node_modules', 'package.json']) {
    symlinkSync(resolve(name), join(root, name));
  }
  const pipeline = join(root, 'pipelines/sentinel1');
  cpSync('pipelines/sentinel1', pipeline, { recursive: true });
  writeFileSync(join(pipeline, 'app.ts'), HEAVY_APP);
  writeFileSync(join(pipeline, 'config.yaml'), 'memory_mb: 128\n', { flag: 'a' });
}

test('a redrive has the memory limit of the local run: what it killed is killed again', async () => {
  heavyProject(folder);
  const messages = 'pipelines/sentinel1/sample/messages.ndjson';
  const bucket = 'pipelines/sentinel1/sample/bucket';
  /** Bodies and attributes; a local run gives its messages new ids. */
  const deadLetters = () =>
    linesOf('dead-letters.ndjson').map(
      (line) => ({ ...JSON.parse(line), messageId: '' }) as object,
    );
  const cli = (command: string, args: readonly string[]) =>
    runCli(command, ['sentinel1', '--out', out, ...args], { cwd: folder });

  const run = await cli('local', ['--messages', messages, '--granules', bucket, '--limit', '1']);
  const dead = deadLetters();
  const redrive = await cli('redrive', ['--local', '--send', '--yes']);

  expect(run.code).toBe(1);
  expect(run.stdout).toContain('killed or timed out 3 times');
  expect(dead).toHaveLength(1);
  expect(redrive.code).toBe(1);
  expect(redrive.stdout).toContain('killed or timed out 3 times');
  expect(deadLetters()).toEqual(dead);
}, 180_000);
