import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { failureOf } from '../../../lambdas/runtime/errors.js';
import { readFile } from '../../../lambdas/source/file.js';
import { MAX_READ_BYTES, type ByteRange } from '../../../lambdas/source/source.js';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-source-'));
  writeFileSync(join(folder, 'a b.txt'), '0123456789');
  mkdirSync(join(folder, 'sub'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function read(href: string, range?: ByteRange): string {
  return Buffer.from(readFile(href, range)).toString();
}

function failureAt(href: string) {
  try {
    readFile(href);
  } catch (error) {
    return failureOf(error);
  }
  throw new Error(`${href} can be read`);
}

describe('a file', () => {
  test.each<[string, ByteRange | undefined, string]>([
    ['whole', undefined, '0123456789'],
    ['from its start', { offset: 0, length: 3 }, '012'],
    ['from its middle', { offset: 2, length: 3 }, '234'],
    ['to its end if the range is longer', { offset: 8, length: 10 }, '89'],
    ['past its end', { offset: 20, length: 1 }, ''],
  ])('is read %s', (_, range, text) => {
    expect(read(join(folder, 'a b.txt'), range)).toBe(text);
  });

  test('is closed after it was read', () => {
    const nextDescriptor = () => {
      const descriptor = openSync(join(folder, 'a b.txt'), 'r');
      closeSync(descriptor);
      return descriptor;
    };
    const before = nextDescriptor();

    read(join(folder, 'a b.txt'));

    expect(nextDescriptor()).toBe(before);
  });

  test('is read by its file:// URL', () => {
    expect(read(`file://${folder}/a%20b.txt`)).toBe('0123456789');
  });
});

describe('a file that cannot be read', () => {
  test.each([
    ['missing.txt', 'no such file'],
    ['a b.txt/x', 'no such file'],
    ['sub', 'it is a folder'],
  ])('as %s is permanent: %s', (name, cause) => {
    const href = join(folder, name);

    expect(failureAt(href)).toEqual({
      kind: 'permanent',
      name: 'ReadError',
      message: `${href}: cannot be read: ${cause}`,
    });
  });

  test.each([
    ['missing.txt', true],
    ['a b.txt/x', false],
    ['sub', false],
  ])('[N16] as %s says whether it is missing: %s', (name, missing) => {
    expect(() => read(join(folder, name))).toThrow(expect.objectContaining({ missing }));
  });

  test('because it is too large is transient, and the error has the limit', () => {
    const href = join(folder, 'large');
    writeFileSync(href, '');
    truncateSync(href, MAX_READ_BYTES + 1);

    expect(failureAt(href)).toMatchObject({
      kind: 'transient',
      message: `${href}: cannot be read: RangeError: larger than ${MAX_READ_BYTES} bytes`,
    });
    expect(read(href, { offset: MAX_READ_BYTES, length: 9 })).toBe('\0');
  });

  // The superuser may read every file.
  (process.getuid?.() === 0 ? test.skip : test)('because permission is denied is transient', () => {
    const href = join(folder, 'secret');
    writeFileSync(href, 'x');
    chmodSync(href, 0);

    expect(failureAt(href)).toMatchObject({
      kind: 'transient',
      message: `${href}: cannot be read: permission denied`,
    });
  });

  test('keeps its href, its kind and its cause', () => {
    const [missing, odd] = [join(folder, 'missing.txt'), join(folder, 'x'.repeat(5_000))];
    const read = (href: string) => () => readFile(href);

    expect(read(missing)).toThrow(
      expect.objectContaining({ href: missing, kind: 'permanent', cause: expect.anything() }),
    );
    expect(read(odd)).toThrow(expect.objectContaining({ href: odd, kind: 'transient' }));
  });

  test('for another reason is transient, and the error has the reason', () => {
    expect(failureAt(join(folder, 'x'.repeat(5_000)))).toMatchObject({
      kind: 'transient',
      message: expect.stringContaining('ENAMETOOLONG') as unknown,
    });
  });
});
