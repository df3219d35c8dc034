import { describe, expect, test } from '@jest/globals';
import { validateItem } from '../../lambdas/stac/validate.js';
import { COLLECTION_ID } from './constants.js';
import { createItem } from './item.js';

const BUCKET = 's3://copernicus-dem-30m';

function nameOf(corner: string, resolution = '10'): string {
  return `Copernicus_DSM_COG_${resolution}_${corner}_00_DEM`;
}

function itemOf(corner: string, resolution?: string) {
  const name = nameOf(corner, resolution);
  return createItem({ href: `${BUCKET}/${name}/${name}.tif` });
}

describe('the grid of a tile', () => {
  // Columns per latitude: https://copernicus-dem-30m.s3.amazonaws.com/readme.html
  test.each([
    ['N00_00_E006', 3600, 1200],
    ['N49_00_E006', 3600, 1200],
    ['N50_00_E006', 2400, 800],
    ['N59_00_E006', 2400, 800],
    ['N60_00_E006', 1800, 600],
    ['N70_00_E006', 1200, 400],
    ['N80_00_E006', 720, 240],
    ['N84_00_E006', 720, 240],
    ['N85_00_E006', 360, 120],
    ['S01_00_E006', 3600, 1200],
    ['S50_00_E006', 3600, 1200],
    ['S51_00_E006', 2400, 800],
    ['S60_00_E006', 2400, 800],
    ['S61_00_E006', 1800, 600],
    ['S85_00_E006', 720, 240],
    ['S86_00_E006', 360, 120],
    ['S90_00_W180', 360, 120],
  ])('%s has %i columns at 30 m and %i at 90 m', (corner, fine, coarse) => {
    const [glo30, glo90] = [itemOf(corner), itemOf(corner, '30')];

    expect(glo30.properties).toMatchObject({ gsd: 30, 'proj:shape': [3600, fine] });
    expect(glo90.properties).toMatchObject({ gsd: 90, 'proj:shape': [1200, coarse] });
  });

  // From the output of gdalinfo: https://forum.sentinel-hub.com/t/copernicus-dem-data-available-on-aws/3027
  test('starts half a pixel west and north of the corner in the name', () => {
    const { properties, bbox } = itemOf('S14_00_W172');
    const [pixelWidth, , west, , pixelHeight, north] = properties['proj:transform'] as number[];

    expect(west).toBeCloseTo(-172.000138888888898, 9);
    expect(north).toBeCloseTo(-12.999861111111111, 9);
    expect([pixelWidth, pixelHeight]).toEqual([1 / 3600, -1 / 3600]);
    expect(bbox?.[1]).toBeCloseTo(-13.999861111111111, 9);
    expect(bbox?.[2]).toBeCloseTo(-171.000138888888898, 9);
  });
});

describe('at the edge of the world', () => {
  test.each([
    ['N65_00_W180', [-180, 65 + 1 / 7200, -179 - 1 / 3600, 66 + 1 / 7200]],
    ['S90_00_W180', [-180, -90 + 1 / 7200, -179 - 1 / 720, -89 + 1 / 7200]],
    ['N89_00_E179', [179 - 1 / 720, 89 + 1 / 7200, 180 - 1 / 720, 90]],
  ])('%s stays within the valid range', (corner, expected) => {
    const item = itemOf(corner);
    const numbers = (item.geometry?.coordinates ?? []).flat(3);

    expect(item.bbox).toEqual(expected.map((degrees) => expect.closeTo(degrees, 9)));
    expect(numbers).toHaveLength(2 * 5);
    expect(Math.max(...numbers.map(Math.abs))).toBeLessThanOrEqual(180);
    expect(() => {
      validateItem({ ...item, collection: COLLECTION_ID });
    }).not.toThrow();
  });

  test('the transform still has the edge of the pixels', () => {
    const { properties } = itemOf('N65_00_W180');

    expect(properties['proj:transform']).toEqual([
      1 / 1800,
      0,
      expect.closeTo(-180 - 1 / 3600, 9),
      0,
      -1 / 3600,
      expect.closeTo(66 + 1 / 7200, 9),
    ]);
  });
});

describe('an href', () => {
  const name = nameOf('N53_00_W115');

  test.each([
    [`${BUCKET}/${name}/${name}.tif`, `${BUCKET}/${name}/${name}.tif`],
    [`${BUCKET}/${name}`, `${BUCKET}/${name}/${name}.tif`],
    [`${BUCKET}/${name}/`, `${BUCKET}/${name}/${name}.tif`],
    [`https://example.com/${name}.tif`, `https://example.com/${name}.tif`],
  ])('%s has its data asset at %s', (href, expected) => {
    const { id, assets } = createItem({ href });

    expect({ id, href: assets['data']?.href }).toEqual({ id: name, href: expected });
  });

  test.each([
    ...['', 'DEM.tif', nameOf('N5_00_W115'), nameOf('N53_00_W15'), nameOf('X53_00_W115')],
    ...[nameOf('N53_30_W115'), nameOf('N53_00_W115', '20'), `${name}.tiff`, `x${name}`],
    ...[nameOf('N90_00_E000'), nameOf('S91_00_E000'), nameOf('N00_00_E180')],
    ...[nameOf('N00_00_W181'), name.toLowerCase(), `${name}\n`],
  ])("to '%s' is a permanent error that quotes the name", (last) => {
    const quoted = last.replace(/\.tif$/, '') || 'copernicus-dem-30m';

    expect(() => createItem({ href: `${BUCKET}/${last}` })).toThrow(
      expect.objectContaining({
        name: 'GranuleError',
        kind: 'permanent',
        message: expect.stringContaining(`(given '${quoted}')`) as unknown,
      }),
    );
  });
});
