import { describe, expect, test } from '@jest/globals';
import type { ByteRange, GranuleSource } from '../../../lambdas/source/source.js';
import { readShape } from './annotation.js';
import { scanSize } from './annotation-scan.js';
import { readSource } from '../../../test/kit/read-source.js';

const KIB = 1024;

function inMemory(content: string | Uint8Array): { source: GranuleSource; ranges: unknown[] } {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const ranges: unknown[] = [];
  const read = (_: string, range?: ByteRange) => {
    ranges.push(range);
    return Promise.resolve(
      range === undefined ? bytes : bytes.subarray(range.offset, range.offset + range.length),
    );
  };
  return { source: readSource(read), ranges };
}

const SIZE = '<numberOfSamples>300</numberOfSamples><numberOfLines>200</numberOfLines>';

function annotation(content: string): string {
  return `<?xml version="1.0"?><product>${content}</product>`;
}

async function shapeOf(content: string | Uint8Array): Promise<unknown> {
  return readShape(inMemory(content).source, 'a.xml');
}

describe('the size of the image is [lines, samples]', () => {
  // The result of the scan if it has one, otherwise that of the parser. Both must be right.
  test.each<[string, string, 'scan' | 'parser']>([
    ['in its usual place', SIZE, 'scan'],
    [
      'with white space',
      '<numberOfSamples\n> 300\t</numberOfSamples ><numberOfLines>\n200</numberOfLines>',
      'scan',
    ],
    ['after a comment', `<!-- <numberOfLines>1</numberOfLines> -->${SIZE}`, 'scan'],
    [
      'after a comment with a tag-like start',
      `<!-- <!-- <? <numberOfLines>1</numberOfLines> -->${SIZE}`,
      'scan',
    ],
    ['after CDATA', `<a><![CDATA[<numberOfLines>1</numberOfLines>]]></a>${SIZE}`, 'scan'],
    ['after a processing instruction', `<?a <numberOfLines>1</numberOfLines>?>${SIZE}`, 'scan'],
    ['after a longer name', `<numberOfLinesBefore>1</numberOfLinesBefore>${SIZE}`, 'scan'],
    ['after a name that ends like it', `<the_numberOfLines>1</the_numberOfLines>${SIZE}`, 'scan'],
    [
      'after another vocabulary',
      `<x:numberOfLines xmlns:x="urn:x">1</x:numberOfLines>${SIZE}`,
      'scan',
    ],
    [
      'after an attribute that looks like it',
      `<a b="numberOfLines>1" c='/numberOfLines'/>${SIZE}`,
      'scan',
    ],
    ['after end tags and text that look like it', `<a>numberOfLines</a>${SIZE}`, 'scan'],
    ['the first of several', `${SIZE}<numberOfLines>1</numberOfLines>`, 'scan'],
    ['with attributes', SIZE.replace('<numberOfLines>', '<numberOfLines a=">1">'), 'parser'],
    ['with a comment inside', SIZE.replace('>200', '><!-- 1 -->200'), 'parser'],
    ['as CDATA', SIZE.replace('200', '<![CDATA[200]]>'), 'parser'],
    ['as references', SIZE.replace('200', '2&#48;&#x30;'), 'parser'],
    [
      'after a default namespace',
      `<a xmlns="urn:x"><numberOfLines>1</numberOfLines></a>${SIZE}`,
      'parser',
    ],
  ])('%s', async (_, content, by) => {
    expect(await shapeOf(annotation(content))).toEqual([200, 300]);
    const scanned = scanSize(Buffer.from(annotation(content)), 'numberOfLines');
    expect(scanned).toBe(by === 'scan' ? 200 : undefined);
  });

  test.each([
    ['a default namespace', `<product xmlns="urn:x">${SIZE}</product>`],
    ['a prefix', `<p:product xmlns:p="urn:x">${SIZE.replace(/(<\/?)/g, '$1p:')}</p:product>`],
    ['a prefix at its root only', `<p:product xmlns:p="urn:x">${SIZE}</p:product>`],
  ])('in an annotation that has %s', async (_, text) => {
    expect(await shapeOf(text)).toEqual([200, 300]);
  });

  test('but is not found in another vocabulary', async () => {
    const other = SIZE.replace(/(<\/?)/g, '$1x:').replace(/<x:\w+/g, '$& xmlns:x="urn:x"');

    await expect(shapeOf(annotation(other))).rejects.toMatchObject({
      fault: { href: 'a.xml', element: 'numberOfLines' },
    });
  });

  test('[G07] in UTF-16 with and without a byte order mark, and in UTF-8 with one', async () => {
    const text = annotation(SIZE);

    expect(await shapeOf(Buffer.from(`\ufeff${text}`, 'utf16le'))).toEqual([200, 300]);
    expect(await shapeOf(Buffer.from(text, 'utf16le'))).toEqual([200, 300]);
    expect(await shapeOf(Buffer.from(`\ufeff${text}`, 'utf16le').swap16())).toEqual([200, 300]);
    expect(await shapeOf(`\ufeff${text}`)).toEqual([200, 300]);
  });

  test('after a document type', async () => {
    const text = `<!DOCTYPE product [<!ENTITY a "<numberOfLines>1</numberOfLines>">]><product>${SIZE}</product>`;

    expect(await shapeOf(text)).toEqual([200, 300]);
  });
});

describe('what is read', () => {
  const head = { offset: 0, length: 384 * KIB };

  test.each([
    ['only the head, if it has the size', 0, 600, [head]],
    ['only the head, of a file that is shorter', 0, 0, [head]],
    ['the whole file, if the size is after the head', 600, 0, [head, undefined]],
  ])('%s', async (_, ...[before, after, expected]) => {
    const text = annotation(' '.repeat(before * KIB) + SIZE + ' '.repeat(after * KIB));
    const { source, ranges } = inMemory(text);

    expect(await readShape(source, 'a.xml')).toEqual([200, 300]);
    expect(ranges).toEqual(expected);
  });

  test('the whole file, wherever the head ends within the size', async () => {
    const start = '<?xml version="1.0"?><product>';
    for (let cut = 1; cut < SIZE.length; cut += 1) {
      const padding = ' '.repeat(head.length - start.length - cut);
      const { source, ranges } = inMemory(`${start}${padding}${SIZE}</product>`);

      expect(await readShape(source, 'a.xml')).toEqual([200, 300]);
      // The last '</' shows that the number is complete.
      expect(ranges.length).toBe(cut < SIZE.indexOf('</numberOfLines') + 2 ? 2 : 1);
    }
  });

  test('the size after a comment that starts in the head and ends beyond it', async () => {
    const hidden = `<!-- ${SIZE.replaceAll('00', '11')}${' '.repeat(600 * KIB)} -->`;

    expect(await shapeOf(annotation(hidden + SIZE))).toEqual([200, 300]);
  });
});

test('a file of many comments is scanned in bounded time', async () => {
  const text = annotation('<!-- -->'.repeat(60_000) + SIZE);
  const started = performance.now();

  expect(await shapeOf(text)).toEqual([200, 300]);
  expect(performance.now() - started).toBeLessThan(2000);
});
