import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lockFolder } from '../../../cli/reconcile/lock.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a folder in which another process works is refused', () => {
  writeFileSync(join(folder, 'lock'), String(process.ppid));

  expect(() => lockFolder(folder)).toThrow(
    `process ${process.ppid} is comparing in ${folder}: wait for its end, or choose another folder with --out`,
  );
});

test.each(['', 'no number', '999999999'])('a lock with %j is left over', (text) => {
  writeFileSync(join(folder, 'lock'), text);

  expect(lockFolder(folder)).not.toThrow();
});

test('a released folder may be claimed again', () => {
  lockFolder(folder)();

  expect(lockFolder(folder)).not.toThrow();
});
