import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile } from '../../../lambdas/source/file.js';

let folder = '';
const ZIP = Buffer.from('PK\x03\x04 and so on');
const TAR = Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\0')]);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archive-'));
  mkdirSync(join(folder, 'plain'));
  writeFileSync(join(folder, 'A.SAFE'), ZIP);
  writeFileSync(join(folder, 'B.SAFE.zip'), ZIP);
  writeFileSync(join(folder, 'C.SAFE'), Buffer.from([0x1f, 0x8b, 8, 0]));
  writeFileSync(join(folder, 'D.tar'), TAR);
  writeFileSync(join(folder, 'text'), 'no archive');
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each([
  ['A.SAFE/manifest.safe', 'A.SAFE is a zip file: unpack it'],
  ['A.SAFE/annotation/vv.xml', 'A.SAFE is a zip file: unpack it'],
  ['B.SAFE/manifest.safe', 'B.SAFE.zip is a zip file: unpack it'],
  ['B.SAFE.zip/manifest.safe', 'B.SAFE.zip is a zip file: unpack it'],
  ['C.SAFE/manifest.safe', 'C.SAFE is a gzip file: unpack it'],
  ['D.tar/manifest.safe', 'D.tar is a tar file: unpack it'],
])('[N28] %s is not there, because %s', (name, reason) => {
  expect(() => readFile(join(folder, name))).toThrow(
    `${join(folder, name)}: cannot be read: ${join(folder, reason)}`,
  );
});

test('[N16] a file in an archive is not one that may still arrive', () => {
  const read = () => readFile(join(folder, 'D.tar/manifest.safe'));

  expect(read).toThrow(expect.objectContaining({ missing: false }));
});

test.each(['text/manifest.safe', 'plain/manifest.safe', 'nowhere/manifest.safe'])(
  '[N28] %s does not exist, and the error names no archive',
  (name) => {
    expect(() => readFile(join(folder, name))).toThrow(
      `${join(folder, name)}: cannot be read: no such file`,
    );
  },
);
