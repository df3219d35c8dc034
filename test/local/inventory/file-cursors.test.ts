import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { newBackfill, restartBackfill } from '../../../lambdas/backfill/cursor.js';
import { fileCursors } from '../../../local/inventory/file-cursors.js';

const cursor = newBackfill({ source: 's', chunk: 'c', now: 0 });

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cursors-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('the cursor is kept after the process ends, and follows the rules of the table', async () => {
  const path = join(folder, 'deep/cursor.json');
  const store = fileCursors(path, 'example');

  expect(await store.read()).toBeUndefined();
  expect(await store.write(cursor, 1)).toBe(false);
  expect(await store.write(cursor, undefined)).toBe(true);
  expect(await store.write(cursor, undefined)).toBe(false);
  expect(await fileCursors(path, 'example').read()).toEqual({ version: 1, cursor });
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
    version: 1,
    cursor: { chunk: 'c' },
  });
});

test('the error for a file of an incompatible version explains how to start over', async () => {
  const path = join(folder, 'cursor.json');
  await writeFile(path, '{"version":1,"cursor":{"stage":"done"}}');

  await expect(fileCursors(path, 'example').read()).rejects.toThrow('restart');
});

test('a restart replaces a file of an incompatible version', async () => {
  const path = join(folder, 'cursor.json');
  await writeFile(path, '{"version":7,"cursor":{"stage":"done"}}');

  const before = await restartBackfill(fileCursors(path, 'example'), {
    source: 's',
    chunk: 'c',
    now: 0,
  });

  expect(before).toBeUndefined();
  expect(await fileCursors(path, 'example').read()).toEqual({ version: 8, cursor });
});
