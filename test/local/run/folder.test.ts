import {
  appendFileSync,
  existsSync,
  mkdirSync,
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

const BASIS = { 'the code of demo': '1', 'source in config.yaml': 's3://demo' };
let said: string[] = [];

async function open(
  options: { input?: string; basis?: Record<string, string>; fresh?: boolean } = {},
): Promise<RunFolder> {
  said = [];
  const onRestart = (text: string): void => void said.push(text.replace(path, 'OUT'));
  const folder = new RunFolder({ path, input: 'input', basis: BASIS, onRestart, ...options });
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
    expect(said).toEqual([expect.stringMatching(/its state in .* cannot be read: starting over$/)]);
  });

  describe('[N06] that is unfinished is not mixed with other work', () => {
    const changed = { ...BASIS, 'the code of demo': '2' };
    const moved = { 'the code of demo': '2', 'stac_api_url in config.yaml': 'https://stac' };

    test.each<[string, Parameters<typeof open>[0], string]>([
      ['of other code', { basis: changed }, 'the code of demo has changed since'],
      [
        'of other code and another config',
        { basis: moved },
        'the code of demo and stac_api_url in config.yaml and source in config.yaml have changed since',
      ],
      ['with other options', { input: 'other' }, 'it has other options'],
    ])('%s: it starts over and says what it removes', async (_, options, reason) => {
      const first = await open();
      for (const id of ['a', 'b']) first.putItem(id, `{"id":"${id}"}`);
      first.putDeadLetter(letter);
      first.markDone('body');
      first.close('interrupted');

      const second = await open(options);

      expect(said).toEqual([
        `OUT holds an unfinished run, but ${reason}: starting over; its results are removed: items.ndjson (2 lines), dead-letters.ndjson (1 line)`,
      ]);
      expect([second.isResumed, second.wasDone('body'), second.itemCount]).toEqual([
        false,
        false,
        0,
      ]);
      second.putItem('c', '{"id":"c"}');
      second.close('interrupted');
      expect(read('items.ndjson')).toBe('{"id":"c"}\n');
      expect(read('dead-letters.ndjson')).toBe('');
      // The run after it, with the same options and code, resumes that run.
      expect((await open(options)).isResumed).toBe(true);
      expect(said).toEqual([]);
    });

    test('is discarded if a version of this project made it that did not keep the code', async () => {
      const first = await open();
      first.putItem('a', '{"id":"a"}');
      first.close('interrupted');
      writeFileSync(join(path, '.run/state.json'), '{"state":"interrupted","input":"input"}');

      expect((await open()).isResumed).toBe(false);
      expect(said).toEqual([
        'OUT holds an unfinished run, but an earlier version of this project made it: starting over; its results are removed: items.ndjson (1 line)',
      ]);
    });

    test('says nothing of a finished run, of the first one, and if asked to start over', async () => {
      (await open()).close('finished');
      expect(said).toEqual([]);
      (await open({ basis: changed })).close('interrupted');
      expect(said).toEqual([]);
      (await open({ fresh: true })).close('finished');
      expect(said).toEqual([]);
    });

    test('names the dead letters of an interrupted redrive, which are removed too', async () => {
      (await open()).close('interrupted');
      writeFileSync(join(path, '.run/redrive.ndjson'), '{}\n{}\n');

      (await open({ basis: changed })).close('finished');

      expect(said).toEqual([expect.stringContaining('are removed: redrive.ndjson (2 lines)')]);
      expect(existsSync(join(path, '.run/redrive.ndjson'))).toBe(false);
    });

    test('keeps no message as done whose Item is gone if it is killed while it starts over', async () => {
      const first = await open();
      first.putItem('a', '{"id":"a"}');
      first.markDone('body');
      first.close('interrupted');
      // Opening the Items fails, as a kill at that point would end it.
      rmSync(join(path, 'items.ndjson'));
      mkdirSync(join(path, 'items.ndjson'));
      await expect(open({ basis: changed })).rejects.toThrow(/cannot write/);
      rmSync(join(path, 'items.ndjson'), { recursive: true });

      expect((await open()).wasDone('body')).toBe(false);
    });
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
