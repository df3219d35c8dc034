import { GranuleError } from '../../../lambdas/runtime/errors.js';
import { RESOLUTIONS, type ResolutionLetter } from '../constants.js';
import { withoutTrailingSlashes } from '../../../lambdas/runtime/text.js';

/** `safe` has ESA's file names; `cog` has the renamed files of the AWS bucket, with a productInfo.json. */
export type Layout = 'safe' | 'cog';

export interface Product {
  /** The granule's folder without a trailing slash, with which asset hrefs start. */
  readonly href: string;
  readonly layout: Layout;
  /** The product's name without `.SAFE`. */
  readonly sceneId: string;
  /** The scene id without its unique id, so that a reprocessed scene replaces its Item. */
  readonly itemId: string;
  readonly resolution: ResolutionLetter;
  readonly processingLevel: string;
}

const UNIQUE_ID_LENGTH = '_XXXX'.length;
const MANIFEST_NAME = '/manifest.safe';

/**
 * Parses the name of a granule's folder (`S1A_IW_GRDH_1SDV_<start>_<stop>_<orbit>_<datatake>_<unique id>`). `href` is
 * that of the folder, with or without a trailing slash, or of its manifest. Throws GranuleError if it is not a GRD product.
 * @see https://sentiwiki.copernicus.eu/web/s1-products
 */
export function parseProduct(href: string): Product {
  const folder = folderOf(href);
  const name = folder.slice(folder.lastIndexOf('/') + 1);
  const sceneId = name.split('.', 1)[0] ?? name;
  const [, , type = '', level = ''] = sceneId.split('_');
  const fault = (problem: string) => new GranuleError(`${href}: ${problem}`, { href });
  if (!type.startsWith('GRD'))
    throw fault(`'${name}' is not a GRD product (its type is '${type}')`);
  const resolution = type.at(-1) ?? '';
  if (!isResolution(resolution)) {
    throw fault(`'${name}' has the resolution '${resolution}', but must have F, H or M`);
  }
  if (!/^\d/.test(level)) throw fault(`'${name}' has no processing level (given '${level}')`);
  return {
    href: folder,
    layout: name.endsWith('.SAFE') ? 'safe' : 'cog',
    sceneId,
    itemId: sceneId.replace(/_COG$/, '').slice(0, -UNIQUE_ID_LENGTH),
    resolution,
    processingLevel: level.slice(0, 1),
  };
}

function folderOf(href: string): string {
  const folder = href.endsWith(MANIFEST_NAME) ? href.slice(0, -MANIFEST_NAME.length) : href;
  return withoutTrailingSlashes(folder);
}

function isResolution(letter: string): letter is ResolutionLetter {
  return Object.hasOwn(RESOLUTIONS, letter);
}
