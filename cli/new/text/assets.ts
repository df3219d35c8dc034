import type { Dataset } from '../dataset.js';
import { literal } from './code.js';

/** Media types by the ending of a key. */
const TYPES: Readonly<Record<string, string>> = {
  tif: 'image/tiff; application=geotiff',
  tiff: 'image/tiff; application=geotiff',
  jp2: 'image/jp2',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  nc: 'application/netcdf',
  nc4: 'application/netcdf',
  h5: 'application/x-hdf5',
  hdf5: 'application/x-hdf5',
  hdf: 'application/x-hdf',
  grib2: 'application/wmo-GRIB2',
  grb2: 'application/wmo-GRIB2',
  json: 'application/json',
  geojson: 'application/geo+json',
  xml: 'application/xml',
  parquet: 'application/vnd.apache.parquet',
  csv: 'text/csv',
  zip: 'application/zip',
};

/** An asset of the Items. */
export interface AssetText {
  readonly name: string;
  /** Code of the href. */
  readonly href: string;
  readonly type: string | undefined;
  readonly role: string;
}

/** The assets of the Items: the granule's object, and the file with its metadata. */
export function assetsOf({ key, area }: Dataset): readonly AssetText[] {
  const own = { href: 'href', type: typeOf(key) };
  if (area.kind !== 'metadata') return [{ name: 'data', role: 'data', ...own }];
  const { change } = area.file;
  if (change === undefined) return [{ name: 'metadata', role: 'metadata', ...own }];
  return [
    { name: 'data', role: 'data', ...own },
    { name: 'metadata', role: 'metadata', href: 'metadataHref(href)', type: typeOf(area.file.key) },
  ];
}

function typeOf(key: string): string | undefined {
  const ending = /\.([^./]+)$/.exec(key)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined;
}

/** Returns the properties of an asset as code, in an Item or in item_assets. */
export function assetCode(
  { type, role, href }: AssetText,
  { isItem }: { isItem: boolean },
): string {
  const hrefCode = href === 'href' ? 'href' : `href: ${href}`;
  return [
    ...(isItem ? [hrefCode] : []),
    ...(type === undefined ? [] : [`type: ${literal(type)}`]),
    `roles: ['${role}']`,
  ].join(', ');
}
