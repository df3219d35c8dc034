import type { Link, Provider } from '../../lambdas/stac/stac.js';

/** Facts about the Copernicus DEM that are the same for all tiles. */

export const COLLECTION_ID = 'cop-dem-glo-30';
export const EPSG = 4326;
export const PLATFORM = 'TanDEM-X';
export const LICENSE = 'proprietary';

/** Date of the release, because the tiles do not have the times of their acquisitions, which took years. */
export const DATETIME = '2021-04-22T00:00:00Z';

/** A product of the DEM. Its key is the number in a tile's name: the distance of its rows in tenths of an arc second. */
export interface Product {
  /** Href of the public bucket. @see https://registry.opendata.aws/copernicus-dem/ */
  readonly bucketHref: string;
  readonly gsdMetres: number;
  readonly rows: number;
}

export const PRODUCTS = {
  '10': { bucketHref: 's3://copernicus-dem-30m', gsdMetres: 30, rows: 3600 },
  '30': { bucketHref: 's3://copernicus-dem-90m', gsdMetres: 90, rows: 1200 },
} as const satisfies Record<string, Product>;

/**
 * Ratio of a pixel's width to its height in degrees, for absolute latitudes below each limit.
 * @see https://copernicus-dem-30m.s3.amazonaws.com/readme.html
 */
export const WIDTHS: readonly (readonly [latitude: number, factor: number])[] = [
  [50, 1],
  [60, 1.5],
  [70, 2],
  [80, 3],
  [85, 5],
  [90, 10],
];

const ANNEX_HREF =
  'https://spacedata.copernicus.eu/documents/20126/0/CSCDA_ESA_Mission-specific+Annex.pdf';

export const PROVIDERS: readonly Provider[] = [
  { name: 'European Space Agency', roles: ['licensor'], url: ANNEX_HREF },
  {
    name: 'Sinergise',
    roles: ['producer', 'processor'],
    url: 'https://registry.opendata.aws/copernicus-dem/',
  },
];

/** The type of the second link is not a media type, but it is that of the reference. */
export const LINKS: readonly Link[] = [
  {
    rel: 'handbook',
    href: 'https://object.cloud.sdsc.edu/v1/AUTH_opentopography/www/metadata/Copernicus_metadata.pdf',
    type: 'application/pdf',
    title: 'Copernicus DEM User handbook',
    description: 'How the heights were made, and how they may be used',
  },
  { rel: 'license', href: ANNEX_HREF, type: 'Copernicus Data Access' },
];

export const COG = 'image/tiff; application=geotiff; profile=cloud-optimized';

const extension = (name: string) => `https://stac-extensions.github.io/${name}/schema.json`;

export const ITEM_ASSETS_EXTENSION = extension('item-assets/v1.0.0');
export const PROJECTION_EXTENSION = extension('projection/v1.0.0');
export const RASTER_EXTENSION = extension('raster/v1.1.0');
