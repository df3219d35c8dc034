import { expect, test } from '@jest/globals';
import { validateCollection, validateItem } from '../../../lambdas/stac/validate.js';
import { exampleCollection } from '../../support/collection.js';
import { exampleItem } from '../../support/granule.js';

const collection = exampleCollection('c');

const validateAsset = (href: string) => () => {
  validateItem({ ...exampleItem('a'), collection: 'c', assets: { data: { href } } });
};

test.each([
  ['./x.nc', 'is not an absolute URL or path'],
  ['x/y.tif', 'is not an absolute URL or path'],
  ['../x.nc', 'is not an absolute URL or path'],
  ['//host/x.nc', 'is not an absolute URL or path'],
  ['C:/x.nc', 'is not an absolute URL or path'],
  ['s3:/bucket/x.nc', 'is not an absolute URL or path'],
  ['https:///x.nc', 'is not an absolute URL or path'],
  [String.raw`s3:\\b\x.nc`, 'has a backslash'],
  [String.raw`s3://b/a\x.nc`, 'has a backslash'],
])('[N15] the asset href %s is refused', (href, reason) => {
  expect(validateAsset(href)).toThrow(`assets.data.href: ${reason}`);
});

test.each(['s3://b/x.nc', 'https://host/a b.tif', '/data/x.nc', 'file:///data/x.nc', 'abfs://c/x'])(
  '[N15] the asset href %s is valid',
  (href) => {
    expect(validateAsset(href)).not.toThrow();
  },
);

test('[N15] a relative href of an asset of the Collection is rejected', () => {
  const assets = { thumbnail: { href: './x.png' } };

  expect(() => {
    validateCollection({ ...collection, assets });
  }).toThrow('assets.thumbnail.href: is not an absolute URL or path');
});

test('[N15] the error for a Collection without item_assets names the ingestor, not STAC', () => {
  const { item_assets, ...rest } = collection;

  expect(item_assets).toBeDefined();
  expect(() => {
    validateCollection(rest);
  }).toThrow(/^Collection 'c' cannot be posted: the ingestor requires item_assets$/);
});
