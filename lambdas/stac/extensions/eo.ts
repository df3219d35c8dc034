import { FIELDS_OF_BANDS, type ExtensionFields, type ExtensionTable } from './extension.js';
import {
  above,
  atLeast,
  between,
  filledText,
  list,
  notEmpty,
  number,
  object,
  oneOf,
  text,
} from './field-types.js';

const COMMON_NAMES = [
  ...['coastal', 'blue', 'green', 'red', 'rededge', 'yellow', 'pan', 'nir', 'nir08', 'nir09'],
  ...['cirrus', 'swir16', 'swir22', 'lwir', 'lwir11', 'lwir12'],
];

const COMMON_NAMES_OF_2 = [
  ...COMMON_NAMES,
  ...['green05', 'rededge071', 'rededge075', 'rededge078'],
];

/** @see https://github.com/stac-extensions/eo */
export const eo: ExtensionTable = {
  name: 'eo',
  prefix: 'eo:',
  versions: {
    '1.0.0': {
      fields: () => ({ 'eo:cloud_cover': between(0, 100), 'eo:bands': bandsOf1_0() }),
      onlyWithAssets: 'eo:bands',
    },
    '1.1.0': {
      fields: () => ({
        'eo:cloud_cover': between(0, 100),
        'eo:snow_cover': between(0, 100),
        'eo:bands': bandsOf1_1(),
      }),
      onlyWithAssets: 'eo:bands',
    },
    '2.0.0': {
      ...FIELDS_OF_BANDS,
      fields: fieldsOf2,
      removed: { 'eo:bands': 'use bands, with fields such as eo:common_name in each band' },
    },
  },
};

function bandsOf1_0() {
  const fields = {
    name: text(),
    common_name: oneOf(COMMON_NAMES),
    center_wavelength: number(),
    full_width_half_max: number(),
  };
  return list(notEmpty(object(fields)), 1);
}

function bandsOf1_1() {
  const fields = {
    name: text(),
    common_name: oneOf(COMMON_NAMES),
    description: filledText(),
    center_wavelength: above(0),
    full_width_half_max: above(0),
    solar_illumination: atLeast(0),
  };
  return list(notEmpty(object(fields)), 1);
}

function fieldsOf2(): ExtensionFields {
  return {
    'eo:cloud_cover': between(0, 100),
    'eo:snow_cover': between(0, 100),
    'eo:common_name': oneOf(COMMON_NAMES_OF_2),
    'eo:center_wavelength': above(0),
    'eo:full_width_half_max': above(0),
    'eo:solar_illumination': atLeast(0),
  };
}
