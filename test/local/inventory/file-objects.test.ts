import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fileObjects } from '../../../local/inventory/file-objects.js';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'objects-'));
  path = join(folder, 'result.csv');
  await writeFile(path, '0123456789');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function text(offset: number, length: number, eTag?: string): Promise<string | undefined> {
  const part = await fileObjects.read(path, { offset, length }, eTag);
  return part?.bytes.toString();
}

test('a range returns its bytes, fewer at the end of the file and none after it', async () => {
  expect(await Promise.all([text(2, 3), text(8, 5), text(10, 5), text(20, 5)])).toEqual([
    ...['234', '89', '', ''],
  ]);
});

test('a file that is missing or was rewritten is not the same object', async () => {
  const eTag = (await fileObjects.read(path, { offset: 0, length: 1 }))?.eTag;
  const same = await text(0, 1, eTag);
  await utimes(path, new Date(0), new Date(0));

  expect([same, await text(0, 1, eTag)]).toEqual(['0', undefined]);
  expect(await fileObjects.read(join(folder, 'none'), { offset: 0, length: 1 })).toBeUndefined();
});

test('folders are those directly under a path, including links; none if the path does not exist', async () => {
  await mkdir(join(folder, 'hive/dt=1/deep'), { recursive: true });
  await symlink(join(folder, 'hive/dt=1'), join(folder, 'hive/dt=2'));
  await writeFile(join(folder, 'hive/file'), '');

  expect((await fileObjects.folders(join(folder, 'hive/'))).sort()).toEqual(['dt=1', 'dt=2']);
  expect(await fileObjects.folders(join(folder, 'none/'))).toEqual([]);
});

test('a path that is not a file is an error, not a missing object', async () => {
  await expect(fileObjects.read(folder, { offset: 0, length: 1 })).rejects.toThrow('EISDIR');
  await expect(fileObjects.folders(path)).rejects.toThrow('ENOTDIR');
});
