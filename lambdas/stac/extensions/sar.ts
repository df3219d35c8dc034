import type { ExtensionFields, ExtensionTable } from './extension.js';
import {
  above,
  atLeast,
  distinct,
  filledText,
  list,
  number,
  oneOf,
  text,
  wholeNumber,
} from './field-types.js';

const LINEAR = ['HH', 'VV', 'HV', 'VH'];
const HYBRID = ['LH', 'LV', 'RH', 'RV', 'CH', 'CV'];

/** @see https://github.com/stac-extensions/sar */
export const sar: ExtensionTable = {
  name: 'sar',
  prefix: 'sar:',
  versions: {
    '1.0.0': {
      fields: () => ({
        ...shared(),
        'sar:instrument_mode': text(),
        'sar:product_type': text(),
        'sar:polarizations': distinct(oneOf(LINEAR), 4),
      }),
      required: [
        ...['sar:instrument_mode', 'sar:frequency_band'],
        ...['sar:polarizations', 'sar:product_type'],
      ],
    },
    '1.1.0': {
      fields: () => ({ ...since1_1(), 'sar:polarizations': distinct(oneOf(LINEAR), 4) }),
      required: ['sar:instrument_mode', 'sar:frequency_band', 'sar:polarizations'],
    },
    '1.2.0': {
      fields: () => ({
        ...since1_1(),
        'sar:polarizations': distinct(oneOf([...LINEAR, ...HYBRID]), 4),
      }),
      required: ['sar:frequency_band', 'sar:polarizations'],
    },
    '1.3.1': { fields: since1_3, collectionRequiresAny: true },
    '1.3.2': { fields: since1_3, collectionRequiresAny: true },
  },
};

function shared(): ExtensionFields {
  return {
    'sar:frequency_band': oneOf(['P', 'L', 'S', 'C', 'X', 'Ku', 'K', 'Ka']),
    'sar:center_frequency': number(),
    'sar:resolution_range': atLeast(0),
    'sar:resolution_azimuth': atLeast(0),
    'sar:pixel_spacing_range': atLeast(0),
    'sar:pixel_spacing_azimuth': atLeast(0),
    'sar:looks_range': wholeNumber(0),
    'sar:looks_azimuth': wholeNumber(0),
    'sar:looks_equivalent_number': atLeast(0),
    'sar:observation_direction': oneOf(['left', 'right']),
  };
}

function since1_1(): ExtensionFields {
  return {
    ...shared(),
    'sar:instrument_mode': filledText(),
    'sar:product_type': filledText(),
    'sar:beam_ids': list(text()),
  };
}

function since1_3(): ExtensionFields {
  return {
    ...since1_1(),
    'sar:center_frequency': above(0),
    'sar:bandwidth': above(0),
    'sar:relative_burst': wholeNumber(1),
    'sar:polarizations': distinct(oneOf([...LINEAR, ...HYBRID])),
  };
}
