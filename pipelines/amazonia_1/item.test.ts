import { describe, expect, test } from '@jest/globals';
import { validateItem } from '../../lambdas/stac/validate.js';
import {
  BUCKET,
  KEYS,
  testScene,
  type Edit,
  type SceneName,
} from '../../test/support/amazonia1/scene.js';
import { COLLECTION_ID } from './constants.js';
import { createItem } from './item.js';

const itemOf = (name: SceneName, edit?: Edit, href?: string) =>
  createItem(testScene(name, edit, href));
const replaced =
  (from: string | RegExp, to: string): Edit =>
  (xml) =>
    xml.replace(from, to);

const FOLDER = `${BUCKET}/AMAZONIA1/WFI/040/018/AMAZONIA_1_WFI_20230212_040_018_L4`;

test('the Item of a scene of one camera', async () => {
  expect(await itemOf('left')).toEqual({
    type: 'Feature',
    stac_version: '1.0.0',
    id: 'AMAZONIA_1_WFI_20230212_040_018_L4',
    properties: {
      platform: 'amazonia-1',
      instruments: ['WFI'],
      gsd: 64,
      'view:sun_azimuth': 88.4127,
      'view:sun_elevation': 55.9031,
      'view:off_nadir': 0.000154,
      'sat:platform_international_designator': '2021-015A',
      'sat:orbit_state': 'descending',
      'proj:epsg': 32720,
      'amazonia:data_type': 'L4',
      'amazonia:path': 40,
      'amazonia:row': 18,
      datetime: '2023-02-12T13:53:07Z',
    },
    geometry: {
      type: 'MultiPolygon',
      coordinates: [
        [
          [
            [-66.345499, -20.55836],
            [-62.102656, -21.278641],
            [-60.515101, -14.471335],
            [-64.598402, -13.793701],
            [-66.345499, -20.55836],
          ],
        ],
      ],
    },
    links: [],
    assets: {
      thumbnail: {
        href: `https://brazil-eosats.s3.amazonaws.com/AMAZONIA1/WFI/040/018/AMAZONIA_1_WFI_20230212_040_018_L4/AMAZONIA_1_WFI_20230212_040_018.png`,
        type: 'image/png',
      },
      metadata: {
        href: `${FOLDER}/AMAZONIA_1_WFI_20230212_040_018_L4_LEFT_BAND2.xml`,
        type: 'application/xml',
        title: 'INPE original metadata',
      },
      B1: image(1, 'blue'),
      B2: image(2, 'green'),
      B3: image(3, 'red'),
      B4: image(4, 'nir'),
    },
    bbox: [-66.345499, -21.278641, -60.515101, -13.793701],
    stac_extensions: [
      'https://stac-extensions.github.io/view/v1.0.0/schema.json',
      'https://stac-extensions.github.io/sat/v1.0.0/schema.json',
      'https://stac-extensions.github.io/projection/v1.1.0/schema.json',
      'https://stac-extensions.github.io/eo/v1.0.0/schema.json',
    ],
  });
});

function image(band: number, commonName: string) {
  return {
    href: `${FOLDER}/AMAZONIA_1_WFI_20230212_040_018_L4_LEFT_BAND${band}.tif`,
    type: 'image/tiff; application=geotiff; profile=cloud-optimized',
    'eo:bands': [{ name: `B${band}`, common_name: commonName }],
  };
}

test('a scene of both cameras has the west of the left, the east of the right, and the mean position of the sun', async () => {
  const { geometry, bbox, properties, assets } = await itemOf('both');

  expect(geometry?.coordinates).toEqual([
    [
      [
        [-61.150302, -16.748613],
        [-52.700415, -18.048102],
        [-51.248856, -11.23387],
        [-59.530118, -9.981204],
        [-61.150302, -16.748613],
      ],
    ],
  ]);
  expect(bbox).toEqual([-61.150302, -18.048102, -51.248856, -9.981204]);
  expect(properties).toMatchObject({
    'view:sun_elevation': (57.3142 + 60.1128) / 2,
    'view:sun_azimuth': (104.2216 + 102.7034) / 2,
    'proj:epsg': 32721,
  });
  expect(assets['B1']?.href).toMatch(/037_016_L4_BAND1\.tif$/);
});

describe('an href', () => {
  const png = `${FOLDER}/AMAZONIA_1_WFI_20230212_040_018.png`;

  test.each([FOLDER, `${FOLDER}/`, png])('%s finds the metadata file', async (href) => {
    const { source, ...scene } = testScene('left', undefined, FOLDER);

    expect((await createItem({ ...scene, source, href })).id).toBe(FOLDER.split('/').at(-1));
    expect(source.reads.map((read) => read.href)).toEqual([
      `${FOLDER}/AMAZONIA_1_WFI_20230212_040_018_L4_BAND2.xml`,
      `${FOLDER}/AMAZONIA_1_WFI_20230212_040_018_L4_LEFT_BAND2.xml`,
    ]);
  });

  test('of a metadata file is read at once', async () => {
    const scene = testScene('left');
    await createItem(scene);

    expect(scene.source.reads).toHaveLength(1);
  });

  test.each([`${BUCKET}/AMAZONIA1/WFI/040/018`, `${FOLDER}/x.png`, `${FOLDER}/a_BAND2.xml`, ''])(
    'to %j is a permanent error',
    async (href) => {
      await expect(itemOf('left', undefined, href)).rejects.toMatchObject({
        name: 'GranuleError',
        kind: 'permanent',
        message: expect.stringContaining('AMAZONIA_1_WFI_<day>_<path>_<row>_L<level>') as unknown,
      });
    },
  );

  test('of a folder without metadata is an error with the names, and may still arrive', async () => {
    const scene = testScene('left');

    await expect(createItem({ ...scene, href: `${FOLDER}5` })).rejects.toMatchObject({
      name: 'GranuleError',
      message: expect.stringContaining('_L45_RIGHT_BAND2.xml exists)') as unknown,
      cause: { name: 'ReadError', missing: true },
    });
  });

  test('in the buckets of before has the hrefs that were right then', async () => {
    const images = `s3://amazonia-pds/${KEYS.left}`;
    for (const bucket of ['amazonia-pds', 'amazonia-meta-pds']) {
      const { assets } = await itemOf('left', undefined, `s3://${bucket}/${KEYS.left}`);

      expect(assets['metadata']?.href).toBe(images);
      expect(assets['B3']?.href).toBe(images.replace('BAND2.xml', 'BAND3.tif'));
      expect(assets['thumbnail']?.href).toMatch(
        /^https:\/\/s3\.amazonaws\.com\/amazonia-meta-pds\/AMAZONIA1\/.*\.png$/,
      );
    }
  });

  test('on disk has its files beside it', async () => {
    const { assets } = await itemOf('left', undefined, `/data/${KEYS.left}`);

    for (const { href } of Object.values(assets)) expect(href).toMatch(/^\/data\/AMAZONIA1\//);
  });
});

test('an ascending orbit', async () => {
  const { properties } = await itemOf('left', replaced('<vz>-', '<vz>'));

  expect(properties['sat:orbit_state']).toBe('ascending');
});

test.each([
  ['-39', '10000000.000000', 32724],
  ['-57', '0.000000', 32621],
  ['177', '0', 32660],
  ['-177', '10000000', 32701],
])('with the meridian %s and the northing %s, the EPSG code is %i', async (lon, northing, epsg) => {
  const { properties } = await itemOf('left', (xml) =>
    xml
      .replace('<originLongitude>-63', `<originLongitude>${lon}`)
      .replace('<falseNorthing>10000000.000000', `<falseNorthing>${northing}`),
  );

  expect(properties['proj:epsg']).toBe(epsg);
});

test.each([
  ['-17.176', 32720],
  ['17.176', 32620],
])('without a northing, the latitude %s of the centre decides', async (latitude, epsg) => {
  const { properties } = await itemOf('left', (xml) =>
    xml
      .replace(/ *<falseNorthing>.*\n/, '')
      .replace('<latitude>-17.176000', `<latitude>${latitude}`),
  );

  expect(properties['proj:epsg']).toBe(epsg);
});

test('a scene across the antimeridian is cut there', async () => {
  const shifted = (xml: string) =>
    xml.replace(/<longitude>(-?[\d.]+)/g, (_, text: string) => {
      const east = Number(text) + 242;
      return `<longitude>${(east > 180 ? east - 360 : east).toFixed(6)}`;
    });
  const item = await itemOf('left', shifted);

  expect(item.geometry?.coordinates).toHaveLength(2);
  expect(item.bbox?.[0]).toBeGreaterThan(item.bbox?.[2] ?? 0);
  expect(() => {
    validateItem({ ...item, collection: COLLECTION_ID });
  }).not.toThrow();
});

test('metadata of another scene than its name says is used, with a warning', async () => {
  const scene = testScene('left', replaced('<row>18', '<row>19'));

  expect((await createItem(scene)).id).toBe('AMAZONIA_1_WFI_20230212_040_019_L4');
  expect(scene.warnings).toEqual(['the metadata is that of another scene than its name says']);
});

test('fewer bands have fewer images', async () => {
  const { assets } = await itemOf('left', replaced(/<band>1<.band>\s*/, ''));

  expect(Object.keys(assets)).toEqual(['thumbnail', 'metadata', 'B2', 'B3', 'B4']);
});
