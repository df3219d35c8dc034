import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { LineFile } from '../../../local/files/line-file.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'line-file-'));
  path = join(folder, 'lines.ndjson');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('a file of whole lines', () => {
  test('appends lines and reads a line by its offset', () => {
    const file = new LineFile(path, { fresh: true });
    const long = 'ä'.repeat(100_000);

    const offsets = ['one', long, 'three'].map((line) => file.append(line));

    expect(offsets.map((offset) => file.readLine(offset))).toEqual(['one', long, 'three']);
    file.close();
    expect(readFileSync(path, 'utf8')).toBe(`one\n${long}\nthree\n`);
  });

  test.each([
    ['nothing', '', ''],
    ['whole lines', 'a\nb\n', 'a\nb\n'],
    ['a torn last line', 'a\nb\n{"half', 'a\nb\n'],
    ['one torn line', '{"half', ''],
    ['a torn line longer than a chunk', `a\n${'x'.repeat(200_000)}`, 'a\n'],
  ])('goes on after %s', (_, before, kept) => {
    writeFileSync(path, before);

    const file = new LineFile(path, { fresh: false });
    file.append('next');
    file.flush();
    file.close();

    expect(readFileSync(path, 'utf8')).toBe(`${kept}next\n`);
  });

  test('starts with an empty file if `fresh` is set', () => {
    appendFileSync(path, 'old\n');

    new LineFile(path, { fresh: true }).close();

    expect(readFileSync(path, 'utf8')).toBe('');
  });

  test('throws an error with the path and the reason if the file cannot be opened', () => {
    writeFileSync(path, '');

    expect(() => new LineFile(join(path, 'below'), { fresh: true })).toThrow(
      `cannot write ${join(path, 'below')}: part of the path is a file, not a folder`,
    );
  });

  test('throws a readable error if the disk is full', () => {
    const file = new LineFile('/dev/full', { fresh: false });
    file.append('line');

    expect(() => {
      file.flush();
    }).toThrow(/^cannot write \/dev\/full: the disk is full; /);
  });
});
