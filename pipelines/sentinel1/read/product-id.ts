import { GranuleError } from '../../../lambdas/runtime/errors.js';
import { RESOLUTIONS, type ResolutionLetter } from '../constants.js';

/** `safe`: ESA's own file names. `cog`: the renamed files of the AWS bucket, with productInfo.json beside them. */
export type Layout = 'safe' | 'cog';

export interface Product {
  /** The granule's folder without a slash behind it; asset hrefs begin with it. */
  readonly href: string;
  readonly layout: Layout;
  /** The product's name without `.SAFE`. */
  readonly sceneId: string;
  /** The scene without its unique id, so that a scene processed again replaces its Item. */
  readonly itemId: string;
  readonly resolution: ResolutionLetter;
  readonly processingLevel: string;
}

const UNIQUE_ID_LENGTH = '_XXXX'.length;
const MANIFEST_NAME = '/manifest.safe';

/**
 * What the name of a granule's folder tells (`S1A_IW_GRDH_1SDV_<start>_<stop>_<orbit>_<datatake>_<unique id>`).
 * `href` may end in a slash or name the manifest. Throws GranuleError where it is no GRD product.
 * @see https://sentiwiki.copernicus.eu/web/s1-products
 */
export function parseProduct(href: string): Product {
  const folder = folderOf(href);
  const name = folder.slice(folder.lastIndexOf('/') + 1);
  const sceneId = name.split('.', 1)[0] ?? name;
  const [, , type = '', level = ''] = sceneId.split('_');
  const fault = (problem: string) => new GranuleError(`${href}: ${problem}`, { href });
  if (!type.startsWith('GRD')) throw fault(`'${name}' is no GRD product (its type is '${type}')`);
  const resolution = type.at(-1) ?? '';
  if (!isResolution(resolution)) {
    throw fault(`'${name}' has the resolution '${resolution}' where F, H or M belongs`);
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
  return folder.replace(/\/+$/, '');
}

function isResolution(letter: string): letter is ResolutionLetter {
  return Object.hasOwn(RESOLUTIONS, letter);
}
