import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { bboxOf } from '../../lambdas/stac/geometry.js';
import type { Geometry, Item } from '../../lambdas/stac/stac.js';
import { validateItem } from '../../lambdas/stac/validate.js';
import { memorySource } from '../../test/kit/memory-source.js';
import { describeWithShared, sharedJson, sharedPath } from '../../test/support/shared-data.js';
import { COLLECTION_ID, EO_EXTENSION, ITEM_ASSETS_EXTENSION, SAT_EXTENSION } from './constants.js';
import { createCollection } from './create-collection.js';
import { createItem } from './item.js';

type Json = Readonly<Record<string, unknown>>;

/** The reference's Collection, one of its Items, and INPE's metadata of two scenes. */
const DATA = 'data/amazonia_1';
const ONE_CAMERA = 'AMAZONIA_1_WFI_20220810_033_018_L4';
const BOTH_CAMERAS = 'AMAZONIA_1_WFI_20220811_036_018_L4';

function itemOf(folder: string, file: string): Promise<Item> {
  const xml = readFileSync(sharedPath(`${DATA}/${file}`));
  const href = `${folder}/${file}`;
  return createItem({ href, source: memorySource({ [href]: xml }), warn: () => undefined });
}

describeWithShared(DATA, 'the Items and the Collection of the reference implementation', () => {
  const ours = () =>
    itemOf(`s3://amazonia-pds/AMAZONIA1/WFI/033/018/${ONE_CAMERA}`, `${ONE_CAMERA}_LEFT_BAND2.xml`);

  test('the Item is the same, value for value and key for key, except for the bbox', async () => {
    const expected = sharedJson(`${DATA}/AMAZONIA_1_WFI_20220810_033_018.json`) as Json;
    const item = await ours();

    expect(item).toEqual({ ...expected, bbox: bboxOf(expected['geometry'] as Geometry) });
    expect(Object.keys(item)).toEqual(Object.keys(expected));
    expect(Object.keys(item.properties)).toEqual(Object.keys(expected['properties'] as Json));
    expect(Object.keys(item.assets)).toEqual(Object.keys(expected['assets'] as Json));
  });

  test("the reference's bbox is refused, because it ends 0.025 degrees north of the geometry", async () => {
    const { bbox } = sharedJson(`${DATA}/AMAZONIA_1_WFI_20220810_033_018.json`) as Item;
    const item = { ...(await ours()), collection: COLLECTION_ID };

    expect(() => {
      validateItem(item);
    }).not.toThrow();
    expect(() => {
      validateItem({ ...item, ...(bbox && { bbox }) });
    }).toThrow('does not contain the geometry');
  });

  // The values are those that the reference's own tests expect for this file, and what its version 0.1.3 prints.
  test('so is the Item of a scene of both cameras, for which the reference has no file', async () => {
    const folder = `AMAZONIA1/WFI/036/018/${BOTH_CAMERAS}`;
    const item = await itemOf(`s3://brazil-eosats/${folder}`, `${BOTH_CAMERAS}_BAND2.xml`);

    expect(item.id).toBe(BOTH_CAMERAS);
    expect(item.geometry?.coordinates).toEqual([
      [
        [
          [-58.40086, -20.559257],
          [-50.121331, -21.856167],
          [-48.698592, -15.04188],
          [-56.653807, -13.794569],
          [-58.40086, -20.559257],
        ],
      ],
    ]);
    expect(item.properties).toMatchObject({
      'view:sun_azimuth': 35.9219,
      'view:sun_elevation': 50.042550000000006,
      'view:off_nadir': 0.000416261,
      'sat:orbit_state': 'descending',
      'proj:epsg': 32722,
      'amazonia:path': 36,
      'amazonia:row': 18,
      datetime: '2022-08-11T14:01:37Z',
    });
    expect(item.assets).toMatchObject({
      thumbnail: {
        href: `https://brazil-eosats.s3.amazonaws.com/${folder}/AMAZONIA_1_WFI_20220811_036_018.png`,
      },
      metadata: { href: `s3://brazil-eosats/${folder}/${BOTH_CAMERAS}_BAND2.xml` },
      B2: { href: `s3://brazil-eosats/${folder}/${BOTH_CAMERAS}_BAND2.tif` },
    });
  });

  test('the Collection is the same, except for links between files, and the extensions whose fields it has', () => {
    const expected = sharedJson(`${DATA}/collection.json`) as Json;

    expect(createCollection()).toEqual({
      ...expected,
      links: [],
      stac_extensions: [ITEM_ASSETS_EXTENSION, EO_EXTENSION, SAT_EXTENSION],
    });
    expect(Object.keys(createCollection())).toEqual(Object.keys(expected));
  });
});
