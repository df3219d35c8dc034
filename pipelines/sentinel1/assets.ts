import { GranuleError } from '../../lambdas/runtime/errors.js';
import { joinHref } from '../../lambdas/source/href.js';
import type { Asset } from '../../lambdas/stac/stac.js';
import * as templates from './asset-templates.js';
import type { GranuleFile, GranuleFiles } from './read/granule-files.js';
import type { Product } from './read/product-id.js';

/** Makes an Item's assets, in the order of the reference. Throws GranuleError if a polarisation has two measurements. */
export function itemAssets(product: Product, files: GranuleFiles): Record<string, Asset> {
  return {
    'safe-manifest': { href: joinHref(product.href, 'manifest.safe'), ...templates.MANIFEST },
    ...schemaAssets(files),
    thumbnail: { href: joinHref(product.href, 'preview/quick-look.png'), ...templates.THUMBNAIL },
    ...measurementAssets(product, files.measurement),
  };
}

function schemaAssets(files: GranuleFiles): Record<string, Asset> {
  const assets: Record<string, Asset> = {};
  for (const kind of templates.SCHEMA_KINDS) {
    for (const { href, polarisation, titlePolarisation } of files[kind]) {
      const template = templates.schema(kind, titlePolarisation);
      assets[templates.schemaKey(kind, polarisation)] = { href, ...template };
    }
  }
  return assets;
}

function measurementAssets(
  { href: granule, layout }: Product,
  measurements: readonly GranuleFile[],
): Record<string, Asset> {
  const assets: Record<string, Asset> = {};
  const type = layout === 'cog' ? templates.COG : templates.GEOTIFF;
  for (const { href, polarisation, titlePolarisation } of measurements) {
    const other = assets[polarisation];
    if (other !== undefined) {
      const problem = `has two measurements of ${polarisation}: ${other.href} and ${href}`;
      throw new GranuleError(`${granule}: ${problem}`, { href: granule, element: 'fileLocation' });
    }
    assets[polarisation] = { href, ...templates.measurement(titlePolarisation, type) };
  }
  return assets;
}
