import type { Granule, ReadContext } from '../../lambdas/granule/items.js';
import { GranuleError } from '../../lambdas/runtime/errors.js';
import { decodeText } from '../../lambdas/runtime/text.js';
import { joinHref } from '../../lambdas/source/href.js';
import { isMissingFile } from '../../lambdas/source/missing.js';
import { type Asset, type Item, STAC_VERSION } from '../../lambdas/stac/stac.js';
import type { XmlDocument } from '../../lambdas/xml/xml.js';
import { hrefsOf, type SceneHrefs } from './buckets.js';
import * as facts from './constants.js';
import { readFootprint } from './footprint.js';
import { fieldFault, readMetadata, type Metadata } from './metadata.js';
import { itemProperties, readSceneId } from './properties.js';
import { parseScene, type ScenePlace } from './scene-name.js';

/**
 * Makes the STAC Item of a scene of Amazonia-1 from INPE's metadata file. `href` is that of the file, of the quicklook
 * beside it, or of their folder. Throws GranuleError and ReadError.
 *
 * @example
 * const source = hrefSource({ requesterPays: false, region: 'us-west-2' });
 * const href = 's3://brazil-eosats/AMAZONIA1/WFI/036/018/AMAZONIA_1_WFI_20220811_036_018_L4';
 * const item = await createItem({ href, source, warn: console.warn });
 */
export async function createItem({ href, source, warn }: Granule & ReadContext): Promise<Item> {
  const place = parseScene(href);
  const { name, document } = await readDocument(place, source);
  const metadata = readMetadata(document);
  const id = readSceneId(metadata);
  const { geometry, bbox } = readFootprint(metadata);
  if (id !== place.id)
    warn('the metadata is that of another scene than its name says', { href: document.href, id });
  return {
    type: 'Feature',
    stac_version: STAC_VERSION,
    id,
    properties: itemProperties(metadata),
    geometry,
    links: [],
    assets: assetsOf(metadata, hrefsOf(place, name)),
    bbox,
    stac_extensions: EXTENSIONS,
  };
}

const EXTENSIONS = [
  facts.VIEW_EXTENSION,
  facts.SAT_EXTENSION,
  facts.PROJECTION_EXTENSION,
  facts.EO_EXTENSION,
];

interface SceneDocument {
  /** The name of the file, which the images share. */
  readonly name: string;
  readonly document: XmlDocument;
}

/** Reads the metadata file under the first of its possible names that exists. */
async function readDocument(
  { folder, metadata }: ScenePlace,
  source: ReadContext['source'],
): Promise<SceneDocument> {
  let missing: unknown;
  for (const name of metadata) {
    const href = joinHref(folder, name);
    try {
      return { name, document: { href, text: decoded(await source.read(href), href) } };
    } catch (error) {
      if (!isMissingFile(error)) throw error;
      missing = error;
    }
  }
  if (metadata.length === 1) throw missing;
  // With the ReadError as its cause, the file is waited for: the quicklook may arrive before it.
  throw new GranuleError(
    `${folder}: has no metadata (none of ${metadata.join(', ')} exists)`,
    { href: folder },
    { cause: missing },
  );
}

function decoded(bytes: Uint8Array, href: string): string {
  try {
    return decodeText(bytes);
  } catch (cause) {
    throw new GranuleError(`${href}: is not a text file: ${String(cause)}`, { href }, { cause });
  }
}

/** The keys have the order of the reference's Items. */
function assetsOf({ left }: Metadata, hrefs: SceneHrefs): Record<string, Asset> {
  // Throws if there is no band at all.
  left.field('availableBands/band');
  const images = left.fields('availableBands/band').map((field): [string, Asset] => {
    const band = field.text;
    const commonName = Object.hasOwn(facts.BANDS, band) ? facts.BANDS[band] : undefined;
    if (commonName === undefined)
      throw fieldFault(field, `must be one of ${Object.keys(facts.BANDS).join(', ')}`);
    return [
      `B${band}`,
      {
        href: hrefs.image(band),
        type: facts.COG,
        'eo:bands': [{ name: `B${band}`, common_name: commonName }],
      },
    ];
  });
  return {
    thumbnail: { href: hrefs.thumbnail, type: facts.PNG },
    metadata: { href: hrefs.metadata, type: facts.XML, title: facts.METADATA_TITLE },
    ...Object.fromEntries(images),
  };
}
