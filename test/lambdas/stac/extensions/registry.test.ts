import { describe, expect, test } from '@jest/globals';
import type * as z from 'zod/mini';
import { schemaFaults } from '../../../../lambdas/stac/schema-faults.js';
import { STAC_EXTENSIONS } from '../../../../lambdas/stac/extensions/registry.js';

/** The versions that the Sentinel-1 pipeline declares. */
const DECLARED = ['sar/v1.0.0', 'sat/v1.0.0', 'eo/v1.1.0', 'projection/v1.1.0'];

const schemas = new Map<string, z.ZodMiniType>(
  DECLARED.map((path) => `https://stac-extensions.github.io/${path}/schema.json`).flatMap((url) =>
    Object.entries(STAC_EXTENSIONS.get(url)?.fields ?? {}),
  ),
);

function faultsOf(field: string, value: unknown): string[] {
  const schema = schemas.get(field);
  if (schema === undefined) throw new Error(`no extension has ${field}`);
  return schemaFaults(schema, value);
}

const COMMON_NAMES = [
  ...['coastal', 'blue', 'green', 'red', 'rededge', 'yellow', 'pan', 'nir', 'nir08', 'nir09'],
  ...['cirrus', 'swir16', 'swir22', 'lwir', 'lwir11', 'lwir12'],
];
const wholeBand = {
  name: 'B01',
  common_name: 'red',
  description: 'd',
  center_wavelength: 0.4,
  full_width_half_max: 0.1,
  solar_illumination: 0,
  'x:more': 1,
};

test.each<[string, readonly unknown[]]>([
  ['sar:instrument_mode', ['IW']],
  ['sar:frequency_band', ['P', 'L', 'S', 'C', 'X', 'Ku', 'K', 'Ka']],
  ['sar:center_frequency', [5.405, -1]],
  ['sar:polarizations', [['VV'], ['HH', 'VV', 'HV', 'VH']]],
  ['sar:product_type', ['GRD']],
  ['sar:resolution_range', [0, 20.5]],
  ['sar:looks_range', [0, 5]],
  ['sar:looks_equivalent_number', [0, 4.4]],
  ['sar:observation_direction', ['left', 'right']],
  ['sat:orbit_state', ['ascending', 'descending', 'geostationary']],
  ['sat:absolute_orbit', [1]],
  ['sat:anx_datetime', ['2022-11-30T01:43:42.5+01:00']],
  ['eo:cloud_cover', [0, 12.5, 100]],
  ['eo:bands', [[wholeBand], ...COMMON_NAMES.map((common_name) => [{ common_name }])]],
  ['proj:epsg', [32_633, null]],
  ['proj:wkt2', ['PROJCS', null]],
  ['proj:projjson', [{ any: 1 }, null]],
  ['proj:geometry', [{ type: 'Polygon', coordinates: [] }]],
  [
    'proj:bbox',
    [
      [1, 2, 3, 4],
      [1, 2, 3, 4, 5, 6],
    ],
  ],
  ['proj:centroid', [{ lat: -90, lon: 180 }]],
  ['proj:shape', [[1, 2]]],
  ['proj:transform', [Array(6).fill(1), Array(9).fill(1)]],
])('%s may be %j', (field, values) => {
  expect(values.flatMap((value) => faultsOf(field, value))).toEqual([]);
});

test.each<[string, readonly unknown[]]>([
  ['sar:instrument_mode', [1]],
  ['sar:frequency_band', ['', 'Q']],
  ['sar:center_frequency', ['5']],
  ['sar:polarizations', [[], ['XX'], ['VV', 'VV'], ['HH', 'VV', 'HV', 'VH', 'HH']]],
  ['sar:product_type', [null]],
  ['sar:resolution_range', [-0.1]],
  ['sar:looks_range', [-1, 0.5]],
  ['sar:observation_direction', ['up']],
  ['sat:orbit_state', ['', 'polar']],
  ['sat:absolute_orbit', [0, 1.5]],
  ['sat:anx_datetime', ['2022-11-30', 7]],
  ['eo:cloud_cover', [-1, 101]],
  ['eo:bands', [[], [{}], [{ common_name: 'purple' }], [{ common_name: '' }], [{ name: 1 }]]],
  ['eo:bands', [[{ description: '' }], [{ center_wavelength: 0 }], [{ full_width_half_max: 0 }]]],
  ['eo:bands', [[{ solar_illumination: -1 }], ['B01']]],
  ['proj:epsg', [1.5, '4326']],
  ['proj:wkt2', [1]],
  ['proj:projjson', ['{}']],
  ['proj:geometry', [{}, { type: 1 }, { type: 'Box' }]],
  [
    'proj:bbox',
    [
      [1, 2, 3],
      [1, 2, 3, 4, 5],
      ['1', 2, 3, 4],
    ],
  ],
  ['proj:centroid', [{ lat: -90.1, lon: 0 }, { lat: 0, lon: 180.1 }, { lat: 0 }]],
  ['proj:shape', [[1], [1, 2, 3], [1, 0.5]]],
  ['proj:transform', [Array(7).fill(1)]],
])('%s must not be any of %j', (field, values) => {
  expect(values.map((value) => faultsOf(field, value).length)).toEqual(values.map(() => 1));
});

describe('a fault has its problem and value:', () => {
  test.each<[string, unknown, string]>([
    ['sar:polarizations', ['VV', 'VV'], 'has a value twice (given ["VV","VV"])'],
    ['sat:anx_datetime', 'noon', 'is not an RFC 3339 date-time (given "noon")'],
    ['eo:bands', [{}], '0: is empty (given {})'],
    ['proj:bbox', [1], 'does not have 4 or 6 numbers (given [1])'],
  ])('%s %j %s', (field, value, fault) => {
    expect(faultsOf(field, value)).toEqual([fault]);
  });
});
