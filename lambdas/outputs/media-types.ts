import { extname } from 'node:path';

/** @see https://github.com/radiantearth/stac-spec/blob/v1.0.0/best-practices.md#common-media-types-in-stac */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.geojson': 'application/geo+json',
  '.gpkg': 'application/geopackage+sqlite3',
  '.h5': 'application/x-hdf5',
  '.jp2': 'image/jp2',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.nc': 'application/x-netcdf',
  '.parquet': 'application/vnd.apache.parquet',
  '.png': 'image/png',
  '.tif': 'image/tiff; application=geotiff',
  '.tiff': 'image/tiff; application=geotiff',
  '.txt': 'text/plain',
  '.xml': 'application/xml',
};

/** Returns the media type of a file by the ending of its name. */
export function mediaTypeOf(name: string): string {
  return MEDIA_TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
}
