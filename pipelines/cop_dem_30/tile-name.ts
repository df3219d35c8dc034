import { GranuleError } from '../../lambdas/runtime/errors.js';
import { excerpt } from '../../lambdas/runtime/text.js';
import { PRODUCTS, type Product } from './constants.js';

/** What the name of a tile tells. */
export interface Tile {
  /** The name itself, without `.tif`. */
  readonly id: string;
  readonly product: Product;
  /** As the name has them, `N53` and `W115`. */
  readonly northing: string;
  readonly easting: string;
  /** South-west corner in degrees. */
  readonly south: number;
  readonly west: number;
}

const NAME = /^Copernicus_DSM_COG_(10|30)_([NS]\d\d)_00_([EW]\d{3})_00_DEM$/;
const FORM = 'Copernicus_DSM_COG_{10|30}_{N|S}dd_00_{E|W}ddd_00_DEM';

/** Whether the last part of a key looks like the name of a tile, right or wrong in its numbers. */
export function looksLikeTile(key: string): boolean {
  return /(?:^|\/)Copernicus_DSM_COG_[^/]*_DEM(?:\.tif)?$/.test(key);
}

/**
 * The tile that the last part of a key or an href names, with `.tif` or without. Throws GranuleError, which quotes
 * the name, where it is not that of a tile on the globe.
 */
export function parseTile(href: string): Tile {
  const name = lastPart(href);
  const [id, resolution, northing = '', easting = ''] = NAME.exec(name) ?? [];
  const fault = (rule: string) => new GranuleError(`${rule} (given '${excerpt(name)}')`, { href });
  if (id === undefined || !isResolution(resolution)) throw fault(`a tile's name is ${FORM}`);
  const [south, west] = [degrees(northing), degrees(easting)];
  if (south < -90 || south > 89 || west < -180 || west > 179) {
    throw fault("a tile's south-west corner lies in S90 to N89 and W180 to E179");
  }
  return { id, product: PRODUCTS[resolution], northing, easting, south, west };
}

function lastPart(href: string): string {
  const path = href.replace(/\/+$/, '');
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.tif$/, '');
}

function isResolution(text: string | undefined): text is keyof typeof PRODUCTS {
  return text !== undefined && Object.hasOwn(PRODUCTS, text);
}

/** `S07` is -7. */
function degrees(text: string): number {
  const number = Number(text.slice(1));
  return number > 0 && /^[SW]/.test(text) ? -number : number;
}
