import type { Provider } from '../../lambdas/stac/stac.js';

/** Facts about Amazonia-1 and its camera that are the same for all scenes. */

export const COLLECTION_ID = 'AMAZONIA1-WFI';
export const PLATFORM = 'amazonia-1';
export const INSTRUMENT = 'WFI';
export const GSD_METRES = 64;
export const INTERNATIONAL_DESIGNATOR = '2021-015A';
export const LICENSE = 'CC-BY-SA-3.0';
/** The day of the launch. */
export const FIRST_DATETIME = '2021-02-28T00:00:00Z';

/** The namespace of INPE's metadata. */
export const NAMESPACE = 'http://www.gisplan.com.br/xmlsat';

/** The common names of the bands, by their numbers in INPE's metadata. */
export const BANDS: Readonly<Record<string, string>> = {
  1: 'blue',
  2: 'green',
  3: 'red',
  4: 'nir',
};

export const COG = 'image/tiff; application=geotiff; profile=cloud-optimized';
export const PNG = 'image/png';
export const XML = 'application/xml';
export const THUMBNAIL_TITLE = 'Thumbnail';
export const METADATA_TITLE = 'INPE original metadata';

const extension = (name: string) => `https://stac-extensions.github.io/${name}/schema.json`;

export const VIEW_EXTENSION = extension('view/v1.0.0');
export const SAT_EXTENSION = extension('sat/v1.0.0');
export const PROJECTION_EXTENSION = extension('projection/v1.1.0');
export const EO_EXTENSION = extension('eo/v1.0.0');
export const ITEM_ASSETS_EXTENSION = extension('item-assets/v1.0.0');

export const PROVIDERS: readonly Provider[] = [
  {
    name: 'Instituto Nacional de Pesquisas Espaciais, INPE',
    roles: ['producer'],
    url: 'http://www.inpe.br/amazonia1',
  },
  {
    name: 'AMS Kepler',
    description: "Convert INPE's original TIFF to COG and copy to Amazon Web Services",
    roles: ['processor'],
    url: 'https://amskepler.com/cloud-processing.html',
  },
  {
    name: 'Amazon Web Services',
    roles: ['host'],
    url: 'https://aws.amazon.com/marketplace/pp/prodview-khrlpmr36l66s',
  },
];
