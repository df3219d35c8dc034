import * as z from 'zod/mini';
import type { ExtensionFields, ExtensionTable } from './extension.js';
import {
  between,
  list,
  nullable,
  numbers,
  object,
  oneOf,
  text,
  wholeNumber,
} from './field-types.js';

/** @see https://github.com/stac-extensions/projection */
export const projection: ExtensionTable = {
  name: 'projection',
  prefix: 'proj:',
  versions: {
    '1.0.0': { fields: () => withEpsg(), required: ['proj:epsg'] },
    '1.1.0': { fields: () => withEpsg() },
    '1.2.0': { fields: () => ({ 'proj:code': code(), ...withEpsg() }) },
    '2.0.0': {
      fields: () => ({ 'proj:code': code(), ...shared() }),
      removed: { 'proj:epsg': 'use proj:code, such as "EPSG:32633"' },
    },
  },
};

function withEpsg(): ExtensionFields {
  return { 'proj:epsg': nullable(wholeNumber()), ...shared() };
}

function shared(): ExtensionFields {
  return {
    'proj:wkt2': nullable(text()),
    'proj:projjson': nullable(object({})),
    'proj:geometry': object({ type: oneOf(GEOMETRIES), coordinates: list(z.unknown()) }, 'type'),
    'proj:bbox': numbers(4, 6),
    'proj:centroid': object({ lat: between(-90, 90), lon: between(-180, 180) }, 'lat', 'lon'),
    'proj:shape': z.array(z.int()).check(z.length(2)),
    'proj:transform': numbers(6, 9),
  };
}

const GEOMETRIES = [
  ...['Point', 'LineString', 'Polygon'],
  ...['MultiPoint', 'MultiLineString', 'MultiPolygon'],
];

/** The schema allows any text, but code that formats a missing code writes `EPSG:None` or `EPSG:null`. */
function code(): z.ZodMiniType {
  return nullable(
    z
      .string()
      .check(
        z.refine(
          isCode,
          'is not an authority and a code, such as "EPSG:32633"; without one, use null',
        ),
      ),
  );
}

const CODE = /^([^\s:]+):(?:.*:)?([^\s:]+)$/;
const PLACEHOLDER = /^(?:none|null|nan|nil|undefined|unknown|n\/?a|-+)$/i;

function isCode(value: string): boolean {
  const [, authority = '', last = ''] = CODE.exec(value) ?? [];
  if (authority === '' || PLACEHOLDER.test(authority) || PLACEHOLDER.test(last)) return false;
  return authority.toUpperCase() !== 'EPSG' || /^EPSG:\d+$/i.test(value);
}
