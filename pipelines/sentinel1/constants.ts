import type { Provider } from '../../lambdas/stac/stac.js';

/** Facts about Sentinel-1 GRD that are the same for all granules. */

export const COLLECTION_ID = 'sentinel1-grd';

/** The public bucket of the products; the reader pays. @see https://registry.opendata.aws/sentinel-1/ */
export const BUCKET_HREF = 's3://sentinel-s1-l1c';

/** The first day of the key path in that bucket. */
export const FIRST_DAY = '2014-10-03';

export const NAMESPACES = {
  safe: 'http://www.esa.int/safe/sentinel-1.0',
  s1: 'http://www.esa.int/safe/sentinel-1.0/sentinel-1',
  s1sarl1: 'http://www.esa.int/safe/sentinel-1.0/sentinel-1/sar/level-1',
  gml: 'http://www.opengis.net/gml',
} as const;

export const POLARISATIONS = ['hh', 'hv', 'vh', 'vv'] as const;
export type Polarisation = (typeof POLARISATIONS)[number];

export const CENTER_FREQUENCY_GHZ = 5.405;

export const RESOLUTIONS = { F: 'full', H: 'high', M: 'medium' } as const;
export type ResolutionLetter = keyof typeof RESOLUTIONS;

export type Mode = 'SM' | 'IW' | 'EW' | 'WV';

/** Characteristics of the image. Pairs are range, azimuth; `resolution` and `spacing` are in metres. */
export interface Characteristics {
  readonly resolution: readonly [number, number];
  readonly spacing: readonly [number, number];
  readonly looks: readonly [number, number];
  readonly equivalentLooks: number;
}

/** From table 5-1 of ESA's Sentinel-1 Product Definition; only the combinations that ESA produces. */
export const CHARACTERISTICS: Readonly<
  Record<Mode, Readonly<Partial<Record<ResolutionLetter, Characteristics>>>>
> = {
  SM: {
    F: { resolution: [9, 9], spacing: [3.5, 3.5], looks: [2, 2], equivalentLooks: 3.7 },
    H: { resolution: [23, 23], spacing: [10, 10], looks: [6, 6], equivalentLooks: 29.7 },
    M: { resolution: [84, 84], spacing: [40, 40], looks: [22, 22], equivalentLooks: 398.4 },
  },
  IW: {
    H: { resolution: [20, 22], spacing: [10, 10], looks: [5, 1], equivalentLooks: 4.4 },
    M: { resolution: [88, 87], spacing: [40, 40], looks: [22, 5], equivalentLooks: 81.8 },
  },
  EW: {
    H: { resolution: [50, 50], spacing: [25, 25], looks: [3, 1], equivalentLooks: 2.7 },
    M: { resolution: [93, 87], spacing: [40, 40], looks: [6, 2], equivalentLooks: 10.7 },
  },
  WV: {
    M: { resolution: [52, 51], spacing: [25, 25], looks: [13, 13], equivalentLooks: 123.7 },
  },
};

/** The accuracy of the orbit, by the role of the orbit file in the manifest. */
export const ORBIT_SOURCES = { AUX_POE: 'POEORB', AUX_RES: 'RESORB', AUX_PRE: 'PREORB' } as const;

/** The orbit source without an orbit file: the navigation solution of the satellite itself. */
export const DOWNLINK = 'DOWNLINK';

export const ESA: Provider = {
  name: 'ESA',
  roles: ['producer', 'processor', 'licensor'],
  url: 'https://earth.esa.int/eogateway',
};

export const SINERGISE: Provider = {
  name: 'Sinergise',
  roles: ['host', 'processor', 'licensor'],
  url: 'https://registry.opendata.aws/sentinel-1/',
};

export const LINKS = [
  {
    rel: 'license',
    href: 'https://scihub.copernicus.eu/twiki/do/view/SciHubWebPortal/TermsConditions',
    title: 'Sentinel License',
  },
  {
    rel: 'about',
    href: 'https://sentinels.copernicus.eu/web/sentinel/technical-guides/sentinel-1-sar/products-algorithms/level-1-algorithms/ground-range-detected',
    title: 'Sentinel-1 Ground Range Detected (GRD) Technical Guide',
  },
];

const extension = (name: string) => `https://stac-extensions.github.io/${name}/schema.json`;

export const SAR_EXTENSION = extension('sar/v1.0.0');
export const SAT_EXTENSION = extension('sat/v1.0.0');
export const EO_EXTENSION = extension('eo/v1.1.0');
export const PROJECTION_EXTENSION = extension('projection/v1.1.0');
export const ITEM_ASSETS_EXTENSION = extension('item-assets/v1.0.0');
