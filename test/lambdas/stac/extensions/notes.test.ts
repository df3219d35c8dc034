import { describe, expect, test } from '@jest/globals';
import {
  extensionNotes,
  uncheckedExtensions,
  undeclaredExtensions,
} from '../../../../lambdas/stac/extensions/notes.js';
import type { Collection, Item } from '../../../../lambdas/stac/stac.js';
import { exampleCollection } from '../../../support/collection.js';
import { exampleItem } from '../../../support/granule.js';

const at = (path: string) => `https://stac-extensions.github.io/${path}/schema.json`;

function withAsset(fields: Readonly<Record<string, unknown>>, extensions: string[] = []): Item {
  const assets = { data: { href: 's3://b/data.tif', ...fields } };
  return exampleItem('a', { assets, stac_extensions: extensions });
}

describe('a field of a published extension that is not declared', () => {
  test('[N10] is noted once for each extension, with the URL of the newest version that has the field', () => {
    const item = withAsset({ 'raster:bands': [], 'raster:x': 1, 'proj:epsg': 4326 });

    expect(undeclaredExtensions(item)).toEqual([
      {
        about: 'raster',
        message: `stac_extensions: raster:bands in assets is a field of the raster extension, which is not declared: add ${at('raster/v1.1.0')}`,
      },
      { about: 'projection', message: expect.stringContaining(`add ${at('projection/v1.2.0')}`) },
    ]);
  });

  test.each<[string, Item | Collection]>([
    ['properties', exampleItem('a', { properties: { datetime: null, 'view:azimuth': 1 } })],
    ['bands', withAsset({ bands: [{ 'view:azimuth': 1 }] })],
    ['assets', exampleCollection('c', { item_assets: { data: { 'view:azimuth': 1 } } })],
    ['summaries', exampleCollection('c', { summaries: { 'view:azimuth': [1] } })],
    ['links', exampleItem('a', { links: [{ rel: 'x', href: 'https://a', 'view:azimuth': 1 }] })],
  ])('[N10] is found in %s of an Item or a Collection', (place, object) => {
    expect(undeclaredExtensions(object)).toEqual([
      { about: 'view', message: expect.stringContaining(`view:azimuth in ${place} is a field`) },
    ]);
  });

  test('[N10] is found at the top level of a Collection, also of an extension that is not checked', () => {
    expect(undeclaredExtensions(exampleCollection('c', { 'sci:doi': '10.1/x' }))).toEqual([
      { about: 'scientific', message: expect.stringContaining('add the URL of its schema') },
    ]);
  });

  test('[N10] is none if the extension is declared, in any version', () => {
    for (const path of ['raster/v1.1.0', 'raster/v9.0.0', 'raster/v2.0.0-beta.1'])
      expect(undeclaredExtensions(withAsset({ 'raster:bands': [] }, [at(path)]))).toEqual([]);
  });

  test('[N10] of a mission or a vendor needs no declaration, nor does a field without a prefix', () => {
    const properties = { datetime: null, 's1:shape': 1, 'noaa-hrrr:x': 1, ':odd': 1, plain: 'a:b' };

    expect(extensionNotes(exampleItem('a', { properties }))).toEqual([]);
  });
});

describe('a declared extension', () => {
  test('[N35] in another version than those that are checked is noted, with the versions that are', () => {
    const urls = [at('eo/v1.1.0'), at('eo/v9.0.0'), 'https://example.com/x.json'];

    expect(uncheckedExtensions(exampleItem('a', { stac_extensions: urls }))).toEqual([
      {
        about: at('eo/v9.0.0'),
        message: `stac_extensions: the fields of ${at('eo/v9.0.0')} are not checked; of eo, 1.0.0, 1.1.0, 2.0.0 are checked`,
      },
      {
        about: 'https://example.com/x.json',
        message: 'stac_extensions: the fields of https://example.com/x.json are not checked',
      },
    ]);
  });

  test('[N35] of a Collection is noted too, and its item-assets extension is known', () => {
    const urls = [at('item-assets/v1.0.0'), at('storage/v2.0.0')];

    expect(uncheckedExtensions(exampleCollection('c', { stac_extensions: urls }))).toHaveLength(1);
    expect(uncheckedExtensions(exampleCollection('c'))).toEqual([]);
  });
});
