import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { RunFolder } from '../../../local/run/folder.js';

let path: string;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'run-folder-'));
});

afterEach(() => {
  rmSync(path, { recursive: true });
});

async function open(options: { input?: string; fresh?: boolean } = {}): Promise<RunFolder> {
  const folder = new RunFolder({ path, input: 'input', ...options });
  await folder.load();
  return folder;
}

const read = (name: string): string => readFileSync(join(path, name), 'utf8');
const letter = { messageId: 'm', body: 'b', attributes: { reason: 'why', error: 'GranuleError' } };

describe('the folder of a run', () => {
  test('contains the last version of each Item after the run', async () => {
    const folder = await open();
    for (const json of ['{"id":"a","n":1}', '{"id":"b","n":1}', '{"id":"a","n":2}']) {
      folder.putItem((JSON.parse(json) as { id: string }).id, json);
    }
    expect(folder.tryReadItem('a')).toBe('{"id":"a","n":2}');
    expect(folder.tryReadItem('c')).toBeUndefined();

    folder.close('finished');

    expect(read('items.ndjson')).toBe('{"id":"a","n":2}\n{"id":"b","n":1}\n');
    expect(readdirSync(path).sort()).toEqual(['.run', 'dead-letters.ndjson', 'items.ndjson']);
  });

  test('counts failures by their error, with the first reason as an example', async () => {
    const folder = await open();
    folder.putDeadLetter(letter);
    folder.putDeadLetter({ ...letter, attributes: { reason: 'else', error: 'GranuleError' } });
    folder.putDeadLetter({ ...letter, attributes: {} });

    expect([...folder.failures]).toEqual([
      ['GranuleError', { count: 2, example: 'why' }],
      ['NoReason', { count: 1, example: expect.stringMatching(/^no recorded reason/) }],
    ]);
    folder.close('finished');
  });

  test.each(['interrupted', 'killed'])('resumes a run that was %s', async (how) => {
    const first = await open();
    first.putItem('a', '{"id":"a"}');
    first.putDeadLetter(letter);
    first.markDone('body');
    if (how === 'interrupted') first.close('interrupted');
    else {
      first.flush();
      appendFileSync(join(path, 'items.ndjson'), '{"id":"torn');
    }

    const second = await open();

    expect([second.wasDone('body'), second.wasDone('other')]).toEqual([true, false]);
    expect(second.itemCount).toBe(1);
    expect(second.failures.get('GranuleError')?.count).toBe(1);
    second.putItem('b', '{"id":"b"}');
    second.close('finished');
    expect(read('items.ndjson')).toBe('{"id":"a"}\n{"id":"b"}\n');
    expect(existsSync(join(path, '.run/done'))).toBe(false);
  });

  test.each([
    ['of another input', { input: 'other' }],
    ['when asked to', { fresh: true }],
  ])('starts over %s', async (_, options) => {
    const first = await open();
    first.putItem('a', '{"id":"a"}');
    first.putCollection('c', '{"id":"c"}');
    first.close('interrupted');

    const second = await open(options);

    expect([second.itemCount, second.isResumed]).toEqual([0, false]);
    expect(existsSync(join(path, 'collection.json'))).toBe(false);
    second.close('finished');
  });

  test('starts over if its state cannot be read', async () => {
    (await open()).close('interrupted');
    writeFileSync(join(path, '.run/state.json'), 'torn');

    expect((await open()).isResumed).toBe(false);
  });

  test('never replaces a file with a partial one', async () => {
    const folder = await open();
    folder.putCollection('c', '{"id":"c"}');

    expect(() => {
      folder.putCollection('c', '{"id"');
    }).toThrow();
    expect(read('collection.json')).toBe('{\n  "id": "c"\n}\n');
    folder.close('finished');
  });
});
