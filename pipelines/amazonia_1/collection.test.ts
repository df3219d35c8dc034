import { expect, test } from '@jest/globals';
import { testScene } from '../../test/support/amazonia1/scene.js';
import { handler as app } from './app.js';
import { handler } from './collection.js';
import { createCollection } from './create-collection.js';
import { createItem } from './item.js';

test('the handler makes the Collection that the Items belong to', () => {
  expect(handler.createCollection()).toEqual(createCollection());
  expect(app.pipeline.collectionId).toBe(createCollection().id);
});

test('summaries and item_assets match those of an Item', async () => {
  const { summaries = {}, item_assets: templates = {} } = createCollection();
  const { properties, assets } = await createItem(testScene('both'));

  for (const [name, values] of Object.entries(summaries))
    expect(values).toContainEqual(properties[name]);
  expect(Object.keys(assets)).toEqual(Object.keys(templates));
  for (const key of ['B1', 'B2', 'B3', 'B4', 'metadata'])
    expect(assets[key]).toMatchObject(templates[key] ?? {});
});
