import { expect, test } from '@jest/globals';
import { handler as app } from './app.js';
import { handler } from './collection.js';
import { createCollection } from './create-collection.js';
import { createItem } from './item.js';

const NAME = 'Copernicus_DSM_COG_10_N53_00_W115_00_DEM';

test('the handler makes the Collection that the Items belong to', () => {
  expect(handler.createCollection()).toEqual(createCollection());
  expect(app.pipeline.collectionId).toBe(createCollection().id);
});

test('summaries and item_assets match those of an Item', () => {
  const { summaries = {}, item_assets: templates, providers } = createCollection();
  const { properties, assets } = createItem({ href: `s3://copernicus-dem-30m/${NAME}` });

  expect(summaries).toEqual({ gsd: [properties['gsd']], platform: [properties['platform']] });
  expect(Object.keys(assets)).toEqual(Object.keys(templates ?? {}));
  expect(assets['data']).toMatchObject(templates?.['data'] ?? {});
  expect(properties['providers']).toEqual(providers);
});
