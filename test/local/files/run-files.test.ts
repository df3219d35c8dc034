import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { countLines, makeFolder } from '../../../local/files/run-files.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'run-files-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('makeFolder', () => {
  test('creates the parent folders, and keeps existing content', () => {
    const path = join(root, 'a/b/c');

    makeFolder(path);
    makeFolder(path);

    expect(statSync(path).isDirectory()).toBe(true);
  });

  test('accepts a link to a folder', () => {
    symlinkSync(root, join(root, 'link'));

    makeFolder(join(root, 'link'));
    makeFolder(join(root, 'link/a'));

    expect(statSync(join(root, 'a')).isDirectory()).toBe(true);
  });

  test.each(['file', 'file/a', 'file/a/b'])('throws a readable error for %s', (path) => {
    writeFileSync(join(root, 'file'), '');

    expect(() => {
      makeFolder(join(root, path));
    }).toThrow(
      /^cannot write .*file.*: (a file with this name already exists|part of the path is a file)/,
    );
  });

  (process.platform === 'linux' ? test : test.skip).each(['/proc/a', '/proc/a/b/c'])(
    'throws OutputError at %s, where no folder can be created',
    (path) => {
      expect(() => {
        makeFolder(path);
      }).toThrow(
        `cannot write ${path}: the folder cannot be created there; choose another folder with --out`,
      );
    },
  );
});

describe('countLines', () => {
  test.each([
    ['nothing', '', 0],
    ['an incomplete line', '{"id":', 0],
    ['two lines', 'a\nb\n', 2],
    ['lines and half of one', 'a\n\nb', 2],
    ['more than a chunk', 'x'.repeat(99).concat('\n').repeat(10_000), 10_000],
  ])('of %s', (_, text, count) => {
    writeFileSync(join(root, 'lines'), text);

    expect(countLines(join(root, 'lines'))).toBe(count);
  });

  test('of a missing file, a folder and a device is 0', () => {
    symlinkSync('/dev/zero', join(root, 'zero'));

    expect([join(root, 'gone'), root, join(root, 'zero')].map(countLines)).toEqual([0, 0, 0]);
  });
});
