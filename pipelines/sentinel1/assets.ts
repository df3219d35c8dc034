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
    ...thumbnailAsset(files),
    ...measurementAssets(product, files.measurement),
  };
}

function thumbnailAsset({ quickLook }: GranuleFiles): Record<string, Asset> {
  return quickLook === undefined ? {} : { thumbnail: { href: quickLook, ...templates.THUMBNAIL } };
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
  product: Product,
  measurements: readonly GranuleFile[],
): Record<string, Asset> {
  const assets: Record<string, Asset> = {};
  const granule = product.href;
  for (const { href, polarisation, titlePolarisation } of measurements) {
    const other = assets[polarisation];
    if (other !== undefined) {
      const problem = `has two measurements of ${polarisation}: ${other.href} and ${href}`;
      throw new GranuleError(`${granule}: ${problem}`, { href: granule, element: 'fileLocation' });
    }
    const type = isCloudOptimized(product, href) ? templates.COG : templates.GEOTIFF;
    assets[polarisation] = { href, ...templates.measurement(titlePolarisation, type) };
  }
  return assets;
}

/** The AWS bucket has cloud-optimized files only; the Copernicus Data Space marks its own in the names of both. */
function isCloudOptimized({ layout, sceneId }: Product, href: string): boolean {
  return layout === 'cog' || sceneId.endsWith('_COG') || /-cog\.tiff?$/.test(href);
}
