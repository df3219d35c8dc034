import { joinHref } from '../../lambdas/source/href.js';
import type { Granule, ReadContext } from '../../lambdas/granule/items.js';
import { STAC_VERSION, type Item } from '../../lambdas/stac/stac.js';
import { readShape } from './read/annotation.js';
import { itemAssets } from './assets.js';
import * as facts from './constants.js';
import { readFilenameMap, type FilenameMap } from './read/filename-map.js';
import { oneOf } from './read/field-values.js';
import { readFootprint } from './footprint.js';
import { granuleFiles } from './read/granule-files.js';
import { granuleText } from './read/granule-text.js';
import { readManifest, tryFindField, type Manifest } from './read/manifest.js';
import { parseProduct, type Product } from './read/product-id.js';
import { itemProperties } from './properties.js';

/** A GRD product; its href is that of its folder or of its manifest. */
export interface Sentinel1Granule extends Granule {
  /** The map from a message of the topic. With it, productInfo.json is not read. */
  readonly filenameMap?: FilenameMap | undefined;
}

/**
 * Makes the STAC Item of a Sentinel-1 GRD product. Reads manifest.safe, productInfo.json if the files have the names of
 * the AWS bucket, and the first 384 KiB of one annotation. Throws GranuleError and ReadError.
 *
 * @example
 * const source = hrefSource({ requesterPays: true, region: 'eu-central-1' });
 * const item = await createItem({ href: 's3://sentinel-s1-l1c/GRD/2023/3/14/IW/DV/S1A_...', source, warn: console.warn });
 */
export async function createItem(granule: Sentinel1Granule & ReadContext): Promise<Item> {
  const { source, warn } = granule;
  const product = parseProduct(granule.href);
  const { manifest, names } = await readMetadata(granule, product);
  const { geometry, bbox, centroid } = readFootprint(manifest);
  const files = granuleFiles({ product, manifest, names, warn });
  const shape = await readShape(source, files.annotation.href);
  return {
    type: 'Feature',
    stac_version: STAC_VERSION,
    id: product.itemId,
    properties: itemProperties({ product, manifest, shape, centroid }),
    geometry,
    links: facts.LINKS,
    assets: itemAssets(product, files),
    bbox,
    stac_extensions: EXTENSIONS,
  };
}

const EXTENSIONS = [
  facts.SAR_EXTENSION,
  facts.SAT_EXTENSION,
  facts.EO_EXTENSION,
  facts.PROJECTION_EXTENSION,
];

interface Metadata {
  readonly manifest: Manifest;
  /** Undefined if the files have ESA's names. */
  readonly names: FilenameMap | undefined;
}

async function readMetadata(
  { source, filenameMap }: Sentinel1Granule & ReadContext,
  product: Product,
): Promise<Metadata> {
  const href = joinHref(product.href, 'manifest.safe');
  const readingManifest = source.read(href);
  const readingNames =
    product.layout === 'cog' && filenameMap === undefined
      ? readFilenameMap(source, product)
      : undefined;
  // Both files are read at the same time. An error of the manifest is thrown first; the names are awaited below.
  readingNames?.catch(() => undefined);
  const manifest = readManifest({ href, text: granuleText(await readingManifest, href) });
  checkProductType(manifest);
  return {
    manifest,
    names: product.layout === 'safe' ? undefined : (filenameMap ?? (await readingNames)),
  };
}

/** A manifest without a product type is accepted, as the reference does. */
function checkProductType(manifest: Manifest): void {
  const type = tryFindField(manifest, 's1sarl1:productType');
  if (type !== undefined) oneOf(manifest, type, ['GRD']);
}
