import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  GRANULE_NAMES,
  fixtureText,
  hrefOf,
  replace,
  testGranule,
} from '../../test/support/sentinel1/granule.js';
import { createItem } from './item.js';

function expectedItem(name: string): unknown {
  const url = new URL(`./fixtures/items/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

describe('the Items of our own granules', () => {
  test.each(GRANULE_NAMES)('%s becomes its Item, with its keys in order', async (name) => {
    const granule = testGranule(name);

    const item = await createItem(granule);

    expect(item).toEqual(expectedItem(name));
    expect(JSON.stringify(item)).toBe(JSON.stringify(expectedItem(name)));
    expect(granule.warnings).toEqual([]);
  });
});

describe('what is read', () => {
  const head = { offset: 0, length: 384 * 1024 };

  test('manifest, productInfo.json and the head of the first annotation of the AWS layout', async () => {
    const granule = testGranule('ordinary');

    await createItem(granule);

    expect(granule.reads).toEqual([
      { name: 'manifest.safe', range: undefined },
      { name: 'productInfo.json', range: undefined },
      { name: 'annotation/iw-vh.xml', range: head },
    ]);
  });

  test('no productInfo.json if the message has the filenameMap', async () => {
    const granule = testGranule('ordinary', { 'productInfo.json': () => undefined });
    const { filenameMap } = JSON.parse(fixtureText('ordinary', 'productInfo.json')) as {
      filenameMap: Record<string, string>;
    };

    const item = await createItem({ ...granule, filenameMap });

    expect(item).toEqual(expectedItem('ordinary'));
    expect(granule.reads.map(({ name }) => name)).toEqual([
      'manifest.safe',
      'annotation/iw-vh.xml',
    ]);
  });

  test('no productInfo.json of the SAFE layout', async () => {
    const granule = testGranule('safe');

    await createItem(granule);

    expect(granule.reads.map(({ name }) => name)).toEqual([
      'manifest.safe',
      'annotation/s1a-iw-grd-hh-20210118t084955-20210118t085020-036195-043eb6-001.xml',
    ]);
  });
});

describe('how a granule may be named', () => {
  test.each(['/', '//', '/manifest.safe'])(
    "'%s' after the folder changes nothing",
    async (tail) => {
      const granule = testGranule('ordinary');

      const item = await createItem({ ...granule, href: granule.href + tail });

      expect(item).toEqual(expectedItem('ordinary'));
    },
  );

  test.each([
    '/data/granules/S1A_IW_GRDH_1SDV_20230314T052711_20230314T052736_047632_05B8A1_3C7E',
    'https://example.com/a/S1A_IW_GRDH_1SDV_20230314T052711_20230314T052736_047632_05B8A1_3C7E',
  ])('assets start with the given href: %s', async (href) => {
    const { assets } = await createItem(testGranule('ordinary', {}, href));

    expect(assets['vv']?.href).toBe(`${href}/measurement/iw-vv.tiff`);
    expect(assets['thumbnail']?.href).toBe(`${href}/preview/quick-look.png`);
  });
});

describe('accepted, as the reference does', () => {
  const optional: readonly [string, RegExp, readonly string[]][] = [
    ['nssdcIdentifier', /<safe:nssdcIdentifier>.*?>\n/, ['sat:platform_international_designator']],
    ['pass', /<s1:pass>.*?>\n/, ['sat:orbit_state']],
    [
      'orbit numbers',
      /<safe:orbitNumber[\s\S]*<\/safe:relativeOrbitNumber>/,
      ['sat:absolute_orbit', 'sat:relative_orbit'],
    ],
    ['product type', /<s1sarl1:productType>.*?>\n/, ['sar:product_type']],
    ['timeliness', /<s1sarl1:productTimelinessCategory>.*?>\n/, ['s1:product_timeliness']],
    [
      'slices',
      /<s1sarl1:sliceNumber>[\s\S]*<\/s1sarl1:totalSlices>/,
      ['s1:slice_number', 's1:total_slices'],
    ],
    ['processing step', / name="GRD Post Processing"/, ['s1:processing_datetime']],
  ];
  test.each(optional)('no %s: its properties are left out', async (_, pattern, names) => {
    const { properties } = await createItem(
      testGranule('ordinary', { 'manifest.safe': replace(pattern, '') }),
    );

    const whole = await createItem(testGranule('ordinary'));
    const left = Object.keys(whole.properties).filter((name) => !names.includes(name));
    expect(Object.keys(properties)).toEqual(left);
  });

  test('no polarisation: an empty list', async () => {
    const edit = (text: string) => text.replace(/<s1sarl1:transmitter.*\n/g, '');

    const { properties } = await createItem(testGranule('ordinary', { 'manifest.safe': edit }));

    expect(properties['sar:polarizations']).toEqual([]);
  });

  test('a missing annotation of the other polarisation', async () => {
    const granule = testGranule('ordinary', { 'annotation/iw-vv.xml': () => undefined });

    expect(await createItem(granule)).toEqual(expectedItem('ordinary'));
  });

  test('white space around values', async () => {
    const edit = (text: string) => text.replace(/>([^<>\n]+)<\//g, '>\n   $1\t</');

    const item = await createItem(testGranule('ordinary', { 'manifest.safe': edit }));

    expect(item).toEqual(expectedItem('ordinary'));
  });

  test('strings that look like numbers, which stay strings', async () => {
    const edit = replace('<s1sarl1:missionDataTakeID>374945<', '<s1sarl1:missionDataTakeID>0E68<');

    const { properties } = await createItem(testGranule('ordinary', { 'manifest.safe': edit }));

    expect(properties['s1:datatake_id']).toBe('0E68');
    expect(properties['s1:slice_number']).toBe('4');
  });

  test('[G08] other prefixes for the same namespaces', async () => {
    const edit = (text: string) => text.replace(/(?<=[<:/])(safe|s1|s1sarl1|gml)(?=[:=])/g, 'x$1');

    const item = await createItem(testGranule('ordinary', { 'manifest.safe': edit }));

    expect(item).toEqual(expectedItem('ordinary'));
  });

  test('[G07] a manifest in UTF-16 and one with a byte order mark', async () => {
    const utf16 = (text: string) =>
      Buffer.from(`\ufeff${text.replace('UTF-8', 'UTF-16')}`, 'utf16le');
    const marked = (text: string) => `\ufeff${text}`;

    for (const edit of [utf16, marked]) {
      const item = await createItem(testGranule('ordinary', { 'manifest.safe': edit }));
      expect(item).toEqual(expectedItem('ordinary'));
    }
  });
});

test('concurrent calls do not affect each other', async () => {
  const items = await Promise.all(GRANULE_NAMES.map((name) => createItem(testGranule(name))));

  expect(items.map(({ assets }) => assets['safe-manifest']?.href)).toEqual(
    GRANULE_NAMES.map((name) => `${hrefOf(name)}/manifest.safe`),
  );
});
