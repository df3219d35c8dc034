import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { assertFolder, walk } from '../../../local/input/walk.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'walk-'));
  mkdirSync(join(folder, 'b/c'), { recursive: true });
  for (const name of ['z.txt', 'a.txt', 'b/2.xml', 'b/c/1.xml'])
    writeFileSync(join(folder, name), '');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function keysBelow(path: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of walk(path)) keys.push(key);
  return keys;
}

test('files below a folder are sorted by name', async () => {
  expect(await keysBelow(folder)).toEqual(['a.txt', 'b/2.xml', 'b/c/1.xml', 'z.txt']);
});

test('links are followed, except to a parent folder', async () => {
  symlinkSync(folder, join(folder, 'b/up'));
  symlinkSync(join(folder, 'b/c'), join(folder, 'd'));
  symlinkSync(join(folder, 'gone'), join(folder, 'e'));

  expect(await keysBelow(folder)).toEqual([
    'a.txt',
    'b/2.xml',
    'b/c/1.xml',
    'd/1.xml',
    'e',
    'z.txt',
  ]);
});

test.each([
  ['missing', 'it does not exist'],
  ['a.txt', 'it is a file'],
])('a path that is not a folder is an error: %s', async (name, reason) => {
  const path = join(folder, name);

  await expect(assertFolder(path, '--granules')).rejects.toThrow(
    `--granules '${path}' is not a readable folder: ${reason}`,
  );
});
