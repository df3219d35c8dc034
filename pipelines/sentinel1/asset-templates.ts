import type { Asset } from '../../lambdas/stac/stac.js';
import type { Polarisation } from './constants.js';

/** An asset without its href, which Items and the Collection's item_assets share. */
export type AssetTemplate = Omit<Asset, 'href'>;

const METADATA_ROLES = ['metadata'];
const XML = 'application/xml';

export const GEOTIFF = 'image/tiff; application=geotiff';
export const COG = `${GEOTIFF}; profile=cloud-optimized`;

export const MANIFEST: AssetTemplate = {
  type: XML,
  title: 'Manifest File',
  description:
    'The manifest of the product: when, from where and how it was taken and made, and the list of its files.',
  roles: METADATA_ROLES,
};

export const THUMBNAIL: AssetTemplate = {
  type: 'image/png',
  title: 'Preview Image',
  description:
    'A small preview. Grey where there is one polarization; of two, red is the co-polarized band, green the cross-polarized one and blue their ratio.',
  roles: ['thumbnail'],
};

const SCHEMAS = {
  product: {
    title: 'Product',
    description:
      "The annotation of the band: the satellite's state and attitude, the geometry and size of the image, how it was focused, and a grid of ground control points.",
  },
  rfi: {
    title: 'RFI',
    description:
      'What was found of radio frequency interference in the band, and what was done about it.',
  },
  calibration: {
    title: 'Calibration',
    description:
      'Look-up tables that turn pixel values into beta nought, sigma nought or gamma for absolute calibration.',
  },
  noise: {
    title: 'Noise',
    description:
      'Look-up tables of the thermal noise in the band, to be subtracted from its power.',
  },
} as const;

export type SchemaKind = keyof typeof SCHEMAS;

/** The kinds in the order of an Item's assets. */
export const SCHEMA_KINDS = [
  'product',
  'rfi',
  'calibration',
  'noise',
] as const satisfies SchemaKind[];

export function schemaKey(kind: SchemaKind, polarisation: Polarisation): string {
  return `schema-${kind}-${polarisation}`;
}

export function schema(kind: SchemaKind, polarisation: Polarisation): AssetTemplate {
  const { title, description } = SCHEMAS[kind];
  return {
    type: XML,
    title: `${polarisation.toUpperCase()} ${title} Schema`,
    description,
    roles: METADATA_ROLES,
  };
}

const DIRECTIONS: Readonly<Record<string, string>> = { h: 'horizontally', v: 'vertically' };

export function measurement(polarisation: Polarisation, type: string): AssetTemplate {
  const [sent = '', received = ''] = polarisation;
  const name = polarisation.toUpperCase();
  return {
    type,
    title: `${name} Data`,
    description: 'The image: detected amplitude in ground range as 16-bit numbers, not calibrated.',
    'eo:bands': [
      { name, description: `Sent ${DIRECTIONS[sent]}, received ${DIRECTIONS[received]} polarized` },
    ],
    roles: ['data'],
  };
}
