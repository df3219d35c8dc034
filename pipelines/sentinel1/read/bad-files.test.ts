import { describe, expect, test } from '@jest/globals';
import { faultOf, lineOf, manifestFault } from '../../../test/support/sentinel1/faults.js';
import { hrefOf, replace } from '../../../test/support/sentinel1/granule.js';

/** Footprints and files that cannot become an Item. Every error has the file, the position, the element and the value. */

const MANIFEST = `${hrefOf('ordinary')}/manifest.safe`;
const ANNOTATION = `${hrefOf('ordinary')}/annotation/iw-vh.xml`;

describe('a footprint that is not valid', () => {
  test.each([
    ['words', 'a,b c,d e,f', "'a'"],
    ['two commas', '10,,20 11,20 11,21', "''"],
    ['Infinity', 'Infinity,20 11,20 11,21', "'Infinity'"],
    ['an odd count', '10,20 11,20 11,21 10', '7 numbers'],
    ['two points', '10,20 11,21', 'an area needs at least 3 different points (given 2)'],
    [
      'two points, closed',
      '10,20 11,21 10,20',
      'an area needs at least 3 different points (given 2)',
    ],
    ['a line', '10,20 11,21 12,22', 'no area'],
    ['latitude 91', '91,20 11,20 11,21', 'out of range'],
    ['longitude 400', '10,400 11,400 11,401', 'out of range'],
    ['[E13] heights', '10,20,0 11,20,0 11,21,0 10,21,0', 'three numbers per point'],
    ['empty', '', 'is empty'],
  ])('%s', async (_, points, problem) => {
    const error = await manifestFault(
      replace(/<gml:coordinates>[^<]*/, `<gml:coordinates>${points}`),
    );

    expect(error).toMatchObject({
      name: 'GranuleError',
      message: expect.stringContaining(problem),
      fault: { href: MANIFEST, element: 'gml:coordinates', line: lineOf('<gml:coordinates>') },
    });
  });
});

describe('files that do not exist', () => {
  const name = (kind: string, end: string) =>
    `${kind}/s1a-iw-grd-vv-20230314t052711-20230314t052736-047632-05b8a1-001.${end}`;

  test.each([name('measurement', 'tiff'), name('annotation', 'xml')])(
    '%s missing from the filenameMap',
    async (file) => {
      const error = await faultOf({ 'productInfo.json': replace(`"${file}"`, '"other"') });

      expect(error).toMatchObject({
        name: 'GranuleError',
        fault: { href: MANIFEST, element: 'fileLocation', line: lineOf(file) },
      });
      expect(String(error)).toContain(`'${file}'`);
    },
  );

  test.each(['measurement/', 'annotation/s1a'])('%s missing from the manifest', async (start) => {
    const error = await manifestFault((text) => text.replaceAll(`./${start}`, './unknown/'));

    expect(error).toMatchObject({ fault: { href: MANIFEST, element: 'fileLocation' } });
    expect(String(error)).toContain('is missing');
  });

  test.each(['manifest.safe', 'productInfo.json', 'annotation/iw-vh.xml'])(
    '%s missing from the bucket',
    async (file) => {
      expect(await faultOf({ [file]: () => undefined })).toMatchObject({
        name: 'ReadError',
        kind: 'permanent',
        href: `${hrefOf('ordinary')}/${file}`,
      });
    },
  );

  test('a name that is not a path within the granule', async () => {
    const error = await faultOf({
      'productInfo.json': replace('"measurement/iw-vv.tiff"', '"../../secret/iw-vv.tiff"'),
    });

    expect(String(error)).toContain("'../../secret/iw-vv.tiff'");
  });

  test('two measurements of one polarisation', async () => {
    const error = await faultOf({
      'productInfo.json': replace('"measurement/iw-vv.tiff"', '"measurement/iw-vh.tiff"'),
    });

    expect(error).toMatchObject({
      name: 'GranuleError',
      message: expect.stringContaining('two measurements of vh'),
    });
  });

  test.each([
    ['cut', (text: string) => text.slice(0, 100)],
    ['without filenameMap', replace('"filenameMap"', '"names"')],
    ['with a list as filenameMap', () => '{"filenameMap": ["a"]}'],
    ['with a number as a name', () => '{"filenameMap": {"a": 1}}'],
  ])('a productInfo.json %s', async (_, edit) => {
    const href = `${hrefOf('ordinary')}/productInfo.json`;

    expect(await faultOf({ 'productInfo.json': edit })).toMatchObject({
      name: 'GranuleError',
      message: expect.stringContaining(href),
      fault: { href },
    });
  });
});

describe('an annotation without the size', () => {
  test.each([
    ['text', '<numberOfLines>many</numberOfLines>', "given 'many'"],
    ['empty', '<numberOfLines/>', "given ''"],
    ['zero', '<numberOfLines>0</numberOfLines>', "given '0'"],
    ['a fraction', '<numberOfLines>10.5</numberOfLines>', "given '10.5'"],
  ])('%s', async (_, element, problem) => {
    const edit = replace('<numberOfLines>16694</numberOfLines>', element);

    expect(await faultOf({ 'annotation/iw-vh.xml': edit })).toMatchObject({
      name: 'GranuleError',
      message: expect.stringContaining(problem),
      fault: { href: ANNOTATION, element: 'numberOfLines', line: 13, column: 7 },
    });
  });

  test('cut before the size', async () => {
    const edit = (text: string) => text.slice(0, text.indexOf('16694'));

    expect(await faultOf({ 'annotation/iw-vh.xml': edit })).toMatchObject({
      fault: { href: ANNOTATION, element: 'numberOfLines', line: 13 },
    });
  });
});
