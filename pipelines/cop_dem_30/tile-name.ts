import { GranuleError } from '../../lambdas/runtime/errors.js';
import { excerpt, withoutTrailingSlashes } from '../../lambdas/runtime/text.js';
import { PRODUCTS, type Product } from './constants.js';

/** The parts of a tile's name. */
export interface Tile {
  /** The whole name, without `.tif`. */
  readonly id: string;
  readonly product: Product;
  /** Latitude and longitude as written in the name, such as `N53` and `W115`. */
  readonly northing: string;
  readonly easting: string;
  /** The south-west corner, in degrees. */
  readonly south: number;
  readonly west: number;
}

const NAME = /^Copernicus_DSM_COG_(10|30)_([NS]\d\d)_00_([EW]\d{3})_00_DEM$/;
const FORM = 'Copernicus_DSM_COG_{10|30}_{N|S}dd_00_{E|W}ddd_00_DEM';

/** What `aws s3 ls` prints before a name: PRE, or the time and the size of an object, also with `--human-readable`. */
const LISTING_PREFIX =
  /^(?:PRE|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +[\d.]+(?: (?:Bytes?|[KMGTPE]iB))?) +/;

/**
 * Returns the key in a line of a listing: without spaces around it, trailing slashes, and what `aws s3 ls` prints before
 * a name.
 */
export function keyOfLine(line: string): string {
  return withoutTrailingSlashes(line.trim().replace(LISTING_PREFIX, ''));
}

/** Whether the last part of a key looks like the name of a tile, even if its numbers are wrong. */
export function looksLikeTile(key: string): boolean {
  return /(?:^|\/)Copernicus_DSM_COG_[^/]*_DEM(?:\.tif)?$/.test(key);
}

/**
 * Parses the last part of a key or href, with or without `.tif`. Throws GranuleError with the name if it is not that of
 * a tile, or if the tile is out of range.
 */
export function parseTile(href: string): Tile {
  const name = lastPart(href);
  const [id, resolution, northing = '', easting = ''] = NAME.exec(name) ?? [];
  const fault = (rule: string) => new GranuleError(`${rule} (given '${excerpt(name)}')`, { href });
  if (id === undefined || !isResolution(resolution))
    throw fault(`the name of a tile must have the form ${FORM}`);
  const [south, west] = [degrees(northing), degrees(easting)];
  if (south < -90 || south > 89 || west < -180 || west > 179) {
    throw fault('the south-west corner of a tile must be within S90 to N89 and W180 to E179');
  }
  return { id, product: PRODUCTS[resolution], northing, easting, south, west };
}

function lastPart(href: string): string {
  const path = withoutTrailingSlashes(href);
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.tif$/, '');
}

function isResolution(text: string | undefined): text is keyof typeof PRODUCTS {
  return text !== undefined && Object.hasOwn(PRODUCTS, text);
}

/** Returns -7 for `S07`. */
function degrees(text: string): number {
  const number = Number(text.slice(1));
  return number > 0 && /^[SW]/.test(text) ? -number : number;
}
