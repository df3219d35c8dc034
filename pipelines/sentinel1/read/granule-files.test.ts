import { describe, expect, test } from '@jest/globals';
import { granuleFiles, type GranuleFiles } from './granule-files.js';
import { readManifest } from './manifest.js';
import { parseProduct } from './product-id.js';

const PRODUCT = parseProduct(
  's3://b/S1A_IW_GRDH_1SDV_20230314T052711_20230314T052736_047632_05B8A1_3C7E',
);
const STEM = (polarisation: string, swath = 'iw') =>
  `s1a-${swath}-grd-${polarisation}-20230314t052711-20230314t052736-047632-05b8a1-001`;

function filesOf(listed: readonly string[], names?: Record<string, string>): GranuleFiles {
  const objects = listed.map(
    (href) => `<dataObject><byteStream><fileLocation href="${href}"/></byteStream></dataObject>`,
  );
  const text = `<r><dataObjectSection>${objects.join('')}</dataObjectSection></r>`;
  const manifest = readManifest({ href: 'manifest.safe', text });
  return granuleFiles({ product: PRODUCT, manifest, names, warn: () => undefined });
}

const REQUIRED = [`./annotation/${STEM('vv')}.xml`, `./measurement/${STEM('vv')}.tiff`];

describe('files by kind', () => {
  test('are found without the dots and slashes around a name, and only XML files are annotations', () => {
    const files = filesOf([
      ...REQUIRED,
      `././annotation/rfi/rfi-${STEM('vv')}.xml`,
      `/annotation/calibration/calibration-${STEM('vv')}.xml/`,
      `annotation/calibration/noise-${STEM('vv')}.xml`,
      'annotation/readme.txt',
      'annotation/rfi/readme.txt',
      'preview/quick-look.png',
      'support/s1-level-1-product.xsd',
    ]);

    const names = Object.entries(files).map(([kind, list]) => [
      kind,
      [list as unknown].flat().length,
    ]);
    expect(Object.fromEntries(names)).toEqual({
      product: 1,
      rfi: 1,
      calibration: 1,
      noise: 1,
      measurement: 1,
      annotation: 1,
      quickLook: 1,
    });
  });

  test.each(['s1', 's6', 'iw', 'iw3', 'ew', 'ew5', 'wv', 'wv2', 'en', 'n6', 'is7'])(
    'are found for swath %s',
    (swath) => {
      const files = filesOf([
        `annotation/${STEM('hv', swath)}.xml`,
        `measurement/${STEM('hv', swath)}.tiff`,
      ]);

      expect(files.annotation.polarisation).toBe('hv');
    },
  );

  test.each([
    ['upper case', `annotation/${STEM('vv').toUpperCase()}.xml`],
    ['another swath', `annotation/${STEM('vv', 'xx')}.xml`],
    ['another polarisation', `annotation/${STEM('vx')}.xml`],
    ['no orbit', `annotation/${STEM('vv').replace('-047632', '')}.xml`],
  ])('a name with %s has no polarisation', (_, name) => {
    expect(() => filesOf([name, ...REQUIRED])).toThrow(`names '${name}'`);
  });
});

describe('the names of the AWS bucket', () => {
  const [annotation = '', measurement = ''] = REQUIRED.map((name) => name.slice(2));

  test('are those of the map, also if a file is in another folder', () => {
    const { rfi } = filesOf([...REQUIRED, `annotation/rfi/rfi-${STEM('vv')}.xml`], {
      [annotation]: 'annotation/iw-vv.xml',
      [measurement]: 'measurement/iw-vv.tiff',
      [`annotation/rfi/rfi-${STEM('vv')}.xml`]: 'rfi-iw-vv.xml',
    });

    expect(rfi).toEqual([
      { href: `${PRODUCT.href}/rfi-iw-vv.xml`, polarisation: 'vv', titlePolarisation: 'vv' },
    ]);
  });

  test.each(['measurement/image.tiff', 'measurement/iw-VV.tiff', 'measurement/a-b-c-d-vv.tiff'])(
    '%s has no polarisation',
    (name) => {
      expect(() => filesOf(REQUIRED, { [annotation]: 'a-vv.xml', [measurement]: name })).toThrow(
        name,
      );
    },
  );

  test.each([
    '/etc/a-vv.tiff',
    '../a-vv.tiff',
    'a/../../a-vv.tiff',
    's3://b/a-vv.tiff',
    'a//b-vv.tiff',
    './a-vv.tiff',
  ])('%s is not a path within the granule', (name) => {
    expect(() => filesOf(REQUIRED, { [annotation]: 'a-vv.xml', [measurement]: name })).toThrow(
      'is not a path within',
    );
  });

  test('are not the inherited properties of an object', () => {
    expect(() => filesOf(['measurement/constructor'], {})).toThrow(
      'the filenameMap has no new name',
    );
  });
});
