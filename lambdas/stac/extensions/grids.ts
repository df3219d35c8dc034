import type { ExtensionTable } from './extension.js';
import { matching, text, wholeNumber } from './field-types.js';

/** Tiles of a grid: the extensions grid and mgrs. */

/** @see https://github.com/stac-extensions/grid */
export const grid: ExtensionTable = {
  name: 'grid',
  prefix: 'grid:',
  versions: {
    '1.0.0': {
      fields: () => ({ 'grid:code': code(/^[A-Z]+-[-_.A-Za-z0-9]+$/) }),
      required: ['grid:code'],
    },
    '1.1.0': {
      fields: () => ({ 'grid:code': code(/^[A-Z0-9]+-[-_.A-Za-z0-9]+$/) }),
      required: ['grid:code'],
    },
  },
};

/** @see https://github.com/stac-extensions/mgrs */
export const mgrs: ExtensionTable = {
  name: 'mgrs',
  prefix: 'mgrs:',
  versions: {
    '1.0.0': {
      fields: () => ({
        'mgrs:latitude_band': text(),
        'mgrs:grid_square': text(),
        'mgrs:utm_zone': wholeNumber(),
      }),
      required: ['mgrs:latitude_band', 'mgrs:grid_square'],
    },
  },
};

function code(pattern: RegExp) {
  return matching(pattern, 'is not a grid and a code, such as "MGRS-35NKA"');
}
