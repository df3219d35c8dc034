import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ObjectReader } from '../../../lambdas/inventory/objects.js';
import {
  readResultPages,
  ResultGoneError,
  type ResultPage,
} from '../../../lambdas/inventory/result-pages.js';

interface FakeObject {
  text: string;
  eTag: string;
}

function reader(object: FakeObject, reads: number[] = []): ObjectReader {
  return {
    read: (_href, { offset, length }, eTag) => {
      reads.push(length);
      if (eTag !== undefined && eTag !== object.eTag) return Promise.resolve(undefined);
      const bytes = Buffer.from(object.text);
      return Promise.resolve({
        bytes: bytes.subarray(offset, offset + length),
        size: bytes.length,
        eTag: object.eTag,
        lastModified: new Date(0),
      });
    },
    folders: () => Promise.resolve([]),
  };
}

async function pagesOf(objects: ObjectReader, pageBytes: number, position = { offset: 0 }) {
  const pages: ResultPage[] = [];
  for await (const page of readResultPages({ objects, href: 's3://r/x', pageBytes }, position)) {
    pages.push(page);
  }
  return pages;
}

function toCsv(keys: readonly string[]): string {
  return ['key', ...keys].map((key) => `"${key.replaceAll('"', '""')}"\n`).join('');
}

function keysOf(pages: readonly ResultPage[]): (string | undefined)[] {
  return pages.flatMap(({ records }) => records.map(([key]) => key));
}

test('[C11] the header is skipped on the first page only, and its names apply to all pages', async () => {
  const pages = await pagesOf(reader({ text: toCsv(['a', 'key', 'b']), eTag: '1' }), 8);

  expect(keysOf(pages)).toEqual(['a', 'key', 'b']);
  expect(pages.length).toBeGreaterThan(1);
});

test('[C13] [C14] all 2,500 rows are read, each page from the end of the previous one', async () => {
  const keys = Array.from({ length: 2500 }, (_, index) => `key ${index}`);

  const pages = await pagesOf(reader({ text: toCsv(keys), eTag: '1' }), 4096);

  expect(keysOf(pages)).toEqual(keys);
  expect(pages.map(({ last }) => last)).toEqual([...pages.slice(1).map(() => false), true]);
});

test('a record longer than a page is read with a longer range', async () => {
  const reads: number[] = [];
  const key = 'x'.repeat(100);

  const pages = await pagesOf(reader({ text: toCsv([key]), eTag: '1' }, reads), 10);

  expect(keysOf(pages)).toEqual([key]);
  expect(Math.max(...reads)).toBe(160);
});

test('a result without a row is one page without a row', async () => {
  const pages = await pagesOf(reader({ text: '"key"\n', eTag: '1' }), 100);

  expect(pages).toMatchObject([{ records: [], columns: ['key'], last: true }]);
});

test('an empty result is one page without columns', async () => {
  const pages = await pagesOf(reader({ text: '', eTag: '1' }), 100);

  expect(pages).toEqual([
    {
      columns: [],
      records: [],
      position: { offset: 0, eTag: '1', columns: [] },
      size: 0,
      last: true,
    },
  ]);
});

test('a column without a name has the empty string as its name', async () => {
  const [page] = await pagesOf(reader({ text: '"key",\n', eTag: '1' }), 100);

  expect(page?.columns).toEqual(['key', '']);
});

test.each([9, 10, 100])(
  'in pages of %i bytes, the last line needs no line end',
  async (pageBytes) => {
    const pages = await pagesOf(reader({ text: '"key"\n"a"', eTag: '1' }), pageBytes);

    expect(keysOf(pages)).toEqual(['a']);
  },
);

test('a result that was replaced between two pages is an error', async () => {
  const object = { text: toCsv(['a', 'b', 'c']), eTag: '1' };
  const source = { objects: reader(object), href: 's3://r/x', pageBytes: 7 };
  const read = async () => {
    for await (const page of readResultPages(source, { offset: 0 })) {
      object.eTag = `${page.position.offset}`;
    }
  };

  await expect(read()).rejects.toThrow(ResultGoneError);
  object.eTag = '1';
  await expect(read()).rejects.toMatchObject({
    kind: 'transient',
    message: 'query result s3://r/x was removed or replaced',
  });
});

test('any page size and resume position return the same rows', async () => {
  const key = fc.string({ unit: fc.constantFrom('"', ',', '\n', 'é', '😀', 'a'), maxLength: 6 });
  const pageBytes = fc.integer({ min: 1, max: 60 });
  await fc.assert(
    fc.asyncProperty(fc.array(key), pageBytes, fc.nat(), async (keys, bytes, stop) => {
      const objects = reader({ text: toCsv(keys), eTag: '1' });
      const pages = await pagesOf(objects, bytes);
      const before = pages.slice(0, (stop % pages.length) + 1);
      const end = before.at(-1);
      const behind = end?.last === true ? [] : await pagesOf(objects, bytes + 1, end?.position);

      expect(keysOf([...before, ...behind])).toEqual(keys);
    }),
    { numRuns: 200 },
  );
});
