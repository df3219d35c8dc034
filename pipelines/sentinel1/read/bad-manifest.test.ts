import { describe, expect, test } from '@jest/globals';
import { lineOf, manifestFault } from '../../../test/support/sentinel1/faults.js';
import {
  hrefOf,
  replace,
  testGranule,
  type Edit,
} from '../../../test/support/sentinel1/granule.js';
import { createItem } from '../item.js';

/** Manifests that cannot become an Item. Every error has the file, the position, the element and the value. */

const MANIFEST = `${hrefOf('ordinary')}/manifest.safe`;

describe('a file that is not a manifest', () => {
  test('cut in half: the error has the innermost open element and the end of the file', async () => {
    const error = await manifestFault((text) =>
      text.slice(0, text.indexOf('GRD</s1sarl1:productType>')),
    );

    expect(error).toMatchObject({
      name: 'GranuleError',
      message: expect.stringMatching(
        /manifest\.safe:\d+:\d+: <s1sarl1:productType> is not well-formed XML: unclosed tag/,
      ),
      fault: {
        href: MANIFEST,
        element: 's1sarl1:productType',
        line: lineOf('GRD</s1sarl1:productType>'),
        column: 33,
      },
    });
  });

  test.each<[string, Edit]>([
    ['empty', () => ''],
    ['text', () => 'not XML at all'],
    ['JSON', () => '{"Code": "AccessDenied"}'],
    ['an error page that is not well-formed', () => '<html><body><p>503</body></html>'],
    ['an undeclared prefix', replace(/ xmlns:gml="[^"]*"/, '')],
  ])('%s: the error has the file and the position', async (_, edit) => {
    const error = await manifestFault(edit);

    expect(error).toMatchObject({
      name: 'GranuleError',
      kind: 'permanent',
      message: expect.stringMatching(
        /manifest\.safe:\d+:\d+:.* is (?:not well-formed XML|in an HTML)/,
      ),
      fault: { href: MANIFEST, line: expect.any(Number), column: expect.any(Number) },
    });
  });

  test('an image: it is not a text file', async () => {
    const error = await manifestFault(() => Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff, 0xd8));

    expect(error).toMatchObject({ name: 'GranuleError', fault: { href: MANIFEST } });
    expect(String(error)).toContain('is not a text file');
  });

  test('other XML: it has no list of files', async () => {
    expect(await manifestFault(() => '<a/>')).toMatchObject({
      message: `${MANIFEST}: <dataObjectSection> is missing`,
    });
  });

  test('[G05] entities with a huge expansion are rejected in bounded time', async () => {
    const levels = Array.from(
      { length: 30 },
      (_, n) => `<!ENTITY e${n + 1} "${`&e${n};`.repeat(10)}">`,
    );
    const doctype = `<!DOCTYPE x [<!ENTITY e0 "lol">${levels.join('')}]>`;
    const started = performance.now();

    const error = await manifestFault((text) =>
      text.replace('?>', `?>${doctype}`).replace('<safe:number>A', '<safe:number>&e30;'),
    );

    expect(error).toMatchObject({ name: 'GranuleError', fault: { element: 'safe:number' } });
    expect(String(error)).toContain('expansion is too large');
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('[G10] elements named __proto__ and constructor are harmless', async () => {
    const extra = '<__proto__ polluted="1"><constructor>1</constructor></__proto__>';

    expect(
      await manifestFault((text) => text.replace('<metadataSection>', `<metadataSection>${extra}`)),
    ).toBeUndefined();
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('a product of another type', () => {
  test.each(['SLC', 'OCN', 'RAW'])('%s in the manifest', async (type) => {
    expect(
      await manifestFault(replace('>GRD</s1sarl1:productType>', `>${type}</s1sarl1:productType>`)),
    ).toMatchObject({
      name: 'GranuleError',
      message: expect.stringContaining(`must be one of GRD (given '${type}')`),
      fault: {
        href: MANIFEST,
        element: 's1sarl1:productType',
        line: lineOf('<s1sarl1:productType>'),
      },
    });
  });

  test.each([
    'S1A_IW_SLC__1SDV_20230314T052711_20230314T052736_047632_05B8A1_3C7E',
    'S1A_IW_RAW__0SDV_20230314T052711_20230314T052736_047632_05B8A1_3C7E',
    'S1A_IW_OCN__2SDV_20230314T052711_20230314T052736_047632_05B8A1_3C7E',
    'S1A_IW_GRDX_1SDV_20230314T052711_20230314T052736_047632_05B8A1_3C7E',
    'S1A_IW_GRDH',
    'some-folder',
  ])('%s as the name of the granule: no file is read', async (name) => {
    const granule = testGranule('ordinary', {}, `s3://bucket/${name}`);

    await expect(createItem(granule)).rejects.toMatchObject({
      name: 'GranuleError',
      message: expect.stringContaining(`'${name}'`),
      fault: { href: `s3://bucket/${name}` },
    });
    expect(granule.reads).toEqual([]);
  });
});

describe('a value that is not valid', () => {
  const cases: readonly (readonly [string, string, string | RegExp, string])[] = [
    ['mode', 's1sarl1:mode', '<s1sarl1:mode>IW', 'XX'],
    ['mode without products of this resolution', 's1sarl1:mode', '<s1sarl1:mode>IW', 'WV'],
    [
      'polarisation',
      's1sarl1:transmitterReceiverPolarisation',
      '<s1sarl1:transmitterReceiverPolarisation>VV',
      'VX',
    ],
    ['pass', 's1:pass', '<s1:pass>DESCENDING', 'SIDEWAYS'],
    ['orbit', 'safe:orbitNumber', '<safe:orbitNumber type="start">47632', '47632.5'],
    [
      'relative orbit',
      'safe:relativeOrbitNumber',
      '<safe:relativeOrbitNumber type="start">168',
      'n/a',
    ],
    [
      'month',
      'safe:startTime',
      '<safe:startTime>2023-03-14T05:27:11.204817',
      '2023-13-14T05:27:11.204817',
    ],
    [
      'day',
      'safe:startTime',
      '<safe:startTime>2023-03-14T05:27:11.204817',
      '2023-02-30T05:27:11.204817',
    ],
    [
      'hour',
      'safe:stopTime',
      '<safe:stopTime>2023-03-14T05:27:36.203950',
      '2023-03-14T25:00:00.000000',
    ],
    [
      'zone',
      'safe:stopTime',
      '<safe:stopTime>2023-03-14T05:27:36.203950',
      '2023-03-14T05:27:36+01:00',
    ],
    [
      'stop before start',
      'safe:stopTime',
      '<safe:stopTime>2023-03-14T05:27:36.203950',
      '2023-03-14T05:27:10.000000',
    ],
    ['satellite', 'safe:familyName', '<safe:familyName>SENTINEL-1', 'SENTINEL-2'],
  ];
  test.each(cases)('%s', async (_, ...[element, from, value]) => {
    const tag = String(from).slice(0, String(from).indexOf('>') + 1);

    const error = await manifestFault(replace(from, tag + value));

    expect(error).toMatchObject({
      name: 'GranuleError',
      fault: { href: MANIFEST, element, line: lineOf(String(from)) },
    });
    expect(String(error).toLowerCase()).toContain(`(given '${value.toLowerCase()}`);
  });

  test('the role of an orbit file', async () => {
    const error = await manifestFault(replace('role="AUX_RES"', 'role="AUX_XYZ"'));

    expect(error).toMatchObject({ fault: { element: 'resource', line: lineOf('AUX_RES') } });
    expect(String(error)).toContain("given 'AUX_XYZ'");
  });

  test('the time of processing', async () => {
    expect(
      await manifestFault(replace('stop="2023-03-14T07:02:55.000000"', 'stop="yesterday"')),
    ).toMatchObject({
      message: expect.stringContaining("given 'yesterday'"),
      fault: { element: 'safe:processing' },
    });
  });
});
