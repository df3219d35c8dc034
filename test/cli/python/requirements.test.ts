import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { assertLockable } from '../../../cli/python/requirements.js';

function check(text: string): void {
  const file = join(mkdtempSync(join(tmpdir(), 'requirements-')), 'requirements.in');
  writeFileSync(file, text);
  assertLockable(file);
}

test.each([
  'stactools-noaa-cdr\n# also\nrequests # undeclared\n',
  'affine<3\r\nsetuptools<81\r\n',
  'xarray[io]>=2024; python_version < "3.13"\n-c constraints.txt',
])('%j can be locked', (text) => {
  expect(() => {
    check(text);
  }).not.toThrow();
});

test.each([
  [
    'six\ngit+https://github.com/a/b',
    /:2 names a repository or a URL, which may change: .*\(given git/,
  ],
  ['a @ https://example.com/a.whl', /:1 names a repository or a URL/],
  ['https://example.com/a.whl', /:1 names a repository or a URL/],
  ['-e .', /:1 names a folder, which has no hash/],
  ['./wheels/a.whl', /:1 names a folder, which has no hash/],
  ['/opt/a', /:1 names a folder, which has no hash/],
  [
    '--extra-index-url https://example.com',
    /:1 names a package index, which is a setting of your machine/,
  ],
  ['# nothing yet\n\n', / names no package: write one per line/],
])('%j cannot, and the line says so', (text, message) => {
  expect(() => {
    check(text);
  }).toThrow(message);
});

test('a file that is missing is what the error is about', () => {
  expect(() => {
    assertLockable('nowhere/requirements.in');
  }).toThrow('nowhere/requirements.in is missing: it names the Python packages, one per line');
});
