import * as z from 'zod/mini';
import type { ExtensionFields, ExtensionTable } from './extension.js';
import { between, dateTime, mapOf, oneOf, text, wholeNumber } from './field-types.js';

/** Where a satellite is, and what it looks at: the extensions sat and view. */

const ORBIT_STATES = ['ascending', 'descending', 'geostationary'];

/** @see https://github.com/stac-extensions/sat */
export const sat: ExtensionTable = {
  name: 'sat',
  prefix: 'sat:',
  versions: {
    '1.0.0': { fields: () => orbit(ORBIT_STATES), requiresAny: true },
    '1.1.0': { fields: () => orbitSince1_1(ORBIT_STATES), requiresAny: true },
    '1.2.0': {
      fields: () => ({
        ...orbitSince1_1([...ORBIT_STATES, 'crossing']),
        'sat:acquisition_station': text(),
      }),
      requiresAny: true,
    },
  },
};

/** @see https://github.com/stac-extensions/view */
export const view: ExtensionTable = {
  name: 'view',
  prefix: 'view:',
  versions: {
    '1.0.0': { fields: angles, requiresAny: true },
    '1.1.0': {
      fields: () => ({
        ...angles(),
        'view:moon_azimuth': between(0, 360),
        'view:moon_elevation': between(0, 90),
      }),
      requiresAny: true,
      requiredIn: 'anywhere',
      collectionRequiresAny: true,
    },
  },
};

function orbit(states: readonly string[]): ExtensionFields {
  return {
    'sat:platform_international_designator': text(),
    'sat:orbit_state': oneOf(states),
    'sat:absolute_orbit': wholeNumber(1),
    'sat:relative_orbit': wholeNumber(1),
    'sat:anx_datetime': dateTime(),
  };
}

function orbitSince1_1(states: readonly string[]): ExtensionFields {
  const vector = z.array(z.number()).check(z.minLength(6), z.maxLength(9));
  return {
    ...orbit(states),
    'sat:orbit_cycle': wholeNumber(1),
    'sat:orbit_state_vectors': mapOf(vector),
  };
}

function angles(): ExtensionFields {
  return {
    'view:off_nadir': between(0, 90),
    'view:incidence_angle': between(0, 90),
    'view:azimuth': between(0, 360),
    'view:sun_azimuth': between(0, 360),
    'view:sun_elevation': between(-90, 90),
  };
}
