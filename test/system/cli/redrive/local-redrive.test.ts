import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listLocal, localDeadLetters } from '../../../../cli/redrive/local.js';
import { redrivenFolder } from '../../../../cli/redrive/local-redrive.js';
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

test('dead letters of a local run are run again where it was run, once what they lacked is there', async () => {
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
  expect(stdout).toContain('1 message that no handler can read, never sent again:');
  expect(stdout).toContain('Sent 1 message again.\nmade 1, posted 1\n');
  expect(dead).toBe(2);
  expect(linesOf('items.ndjson')).toHaveLength(before + 1);
  expect(linesOf('dead-letters.ndjson')).toHaveLength(1);
}, 120_000);

test('an interrupted redrive has its letters still, and the next one ends it', async () => {
  const messages = join(folder, 'messages.ndjson');
  const product =
    'GRD/2022/1/1/IW/DV/S1A_IW_GRDH_1SDV_20220101T000000_20220101T000025_041234_04E0F0_ABCD';
  writeFileSync(messages, `${JSON.stringify({ path: product })}\n`);
  await runCli('local', ['sentinel1', '--messages', messages, '--granules', folder, '--out', out]);
  const sentinel1 = { id: 'sentinel1', folder: 'pipelines/sentinel1' };
  const stopped = localDeadLetters(sentinel1, out);
  const { letters } = await stopped.list();

  stopped.stop();
  const interrupted = await stopped.send(letters);
  const between = await localDeadLetters(sentinel1, out).list();
  const ended = await localDeadLetters(sentinel1, out).send(between.letters);

  expect(letters.map(({ error }) => error)).toEqual(['ReadError']);
  expect(interrupted.fault).toBe('interrupted: the same command goes on with them');
  expect(between.letters.map(({ id }) => id)).toEqual(letters.map(({ id }) => id));
  expect(ended.fault).toBeUndefined();
  const after = await localDeadLetters(sentinel1, out).list();
  expect(after.letters.map(({ error, queue }) => [error, queue])).toEqual([
    ['ReadError', 'dead-letters.ndjson'],
  ]);
}, 120_000);

test('a redrive that was killed while it took letters out is ended first, and what was chosen comes after', async () => {
  const messages = join(folder, 'messages.ndjson');
  writeFileSync(messages, '"killed"\n[1]\n[2]\n');
  await runCli('local', ['sentinel1', '--messages', messages, '--granules', folder, '--out', out]);
  const [killed = ''] = linesOf('dead-letters.ndjson');
  writeFileSync(join(out, '.run/redrive.ndjson'), `${killed}\n`);

  const redrive = ['sentinel1', '--local', '--out', out, '--reason', '[1]', '--send', '--yes'];
  const { code, stdout } = await runCli('redrive', redrive);

  expect(code).toBe(0);
  expect(stdout).toContain('Sent 2 messages again.');
  expect(stdout).toContain('Of these 1 were left by a redrive that was interrupted.');
  const { letters } = listLocal(redrivenFolder(out));
  expect(letters.map(({ body }) => body).toSorted()).toEqual(['"killed"', '[1]', '[2]']);
  const untouched = (body: string) => letters.find((letter) => letter.body === body)?.queue;
  expect(untouched('[2]')).toBe('dead-letters.ndjson');
  expect(linesOf('dead-letters.ndjson')).toHaveLength(3);
  expect(linesOf('dead-letters.ndjson')).not.toContain(killed);
}, 120_000);

test('lines that are no dead letter are reported, and what an interrupted redrive took out is listed', () => {
  const letter = (messageId: string, attributes: object = {}) =>
    JSON.stringify({ messageId, body: '{"path":"GRD/1"}', attributes });
  const state = join(out, '.run');
  cpSync('pipelines/sentinel1/sample/messages.ndjson', join(state, 'state.json'));
  const attributes = { reason: 'no pass', error: 'GranuleError', kind: 'permanent' };
  writeFileSync(join(out, 'dead-letters.ndjson'), `${letter('a', attributes)}\n{"half\n`);
  writeFileSync(join(state, 'redrive.ndjson'), `${letter('b')}\n`);

  const { letters, notes } = listLocal(redrivenFolder(out));

  expect(letters.map(({ id, reason, queue }) => [id, reason, queue])).toEqual([
    ['a', 'no pass', 'dead-letters.ndjson'],
    ['b', undefined, 'redrive.ndjson'],
  ]);
  expect(notes).toEqual([`line 2 of ${join(out, 'dead-letters.ndjson')} is no dead letter`]);
});

test('where no local run was, that is said', async () => {
  const { code, stderr } = await runCli('redrive', ['sentinel1', '--local', '--out', out]);

  expect(code).toBe(2);
  expect(stderr).toContain(
    `there is no ${join(out, 'dead-letters.ndjson')}: no local run has ended there`,
  );
});
