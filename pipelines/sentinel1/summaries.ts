import { CENTER_FREQUENCY_GHZ, CHARACTERISTICS, type Characteristics } from './constants.js';

/** Lists every value that an Item can have. `sar:polarizations` has single polarisations and the pairs of dual products. */
export function summaries(): Record<string, readonly unknown[]> {
  return {
    constellation: ['sentinel-1'],
    platform: ['a', 'b', 'c', 'd'].map((letter) => `sentinel-1${letter}`),
    'sar:looks_range': sorted(({ looks }) => looks[0]),
    'sar:product_type': ['GRD'],
    'sar:looks_azimuth': sorted(({ looks }) => looks[1]),
    'sar:polarizations': ['HH', 'VV', 'HV', 'VH', ['HH', 'HV'], ['VV', 'VH']],
    'sar:frequency_band': ['C'],
    'sar:instrument_mode': ['IW', 'EW', 'SM', 'WV'],
    'sar:center_frequency': [CENTER_FREQUENCY_GHZ],
    'sar:resolution_range': sorted(({ resolution }) => resolution[0]),
    'sar:resolution_azimuth': sorted(({ resolution }) => resolution[1]),
    'sar:pixel_spacing_range': sorted(({ spacing }) => spacing[0]),
    'sar:observation_direction': ['right'],
    'sar:pixel_spacing_azimuth': sorted(({ spacing }) => spacing[1]),
    'sar:looks_equivalent_number': distinct(({ equivalentLooks }) => equivalentLooks),
    'sat:orbit_state': ['ascending', 'descending'],
  };
}

type NumberOf = (characteristics: Characteristics) => number;

function distinct(numberOf: NumberOf): number[] {
  const all = Object.values(CHARACTERISTICS).flatMap((mode) => Object.values(mode));
  return [...new Set(all.map(numberOf))];
}

function sorted(numberOf: NumberOf): number[] {
  return distinct(numberOf).sort((a, b) => a - b);
}
