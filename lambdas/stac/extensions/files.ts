import * as z from 'zod/mini';
import { utcDateTime } from '../common-metadata.js';
import type { ExtensionFields, ExtensionTable } from './extension.js';
import {
  filledText,
  list,
  mapOf,
  matching,
  object,
  oneOf,
  text,
  wholeNumber,
} from './field-types.js';

/** Files and how they were made: the extensions file, processing and item-assets. */

/** @see https://github.com/stac-extensions/file */
export const file: ExtensionTable = {
  name: 'file',
  prefix: 'file:',
  versions: {
    '2.0.0': { fields: fileInfo, places: ['assets'] },
    '2.1.0': {
      fields: () => ({ ...fileInfo(), 'file:local_path': localPath() }),
      places: ['assets', 'links'],
    },
  },
};

/** @see https://github.com/stac-extensions/processing */
export const processing: ExtensionTable = {
  name: 'processing',
  prefix: 'processing:',
  versions: {
    '1.0.0': { fields: processingInfo, requiresAny: true },
    '1.1.0': { fields: processingSince1_1, requiresAny: true, collectionRequiresAny: true },
    '1.2.0': {
      fields: () => ({
        ...processingSince1_1(),
        'processing:version': text(),
        'processing:datetime': utcDateTime(),
      }),
      requiresAny: true,
      collectionRequiresAny: true,
    },
  },
};

/**
 * Its fields are those of item_assets, which are checked with the core.
 *
 * @see https://github.com/stac-extensions/item-assets
 */
export const itemAssets: ExtensionTable = {
  name: 'item-assets',
  prefix: '',
  versions: { '1.0.0': { fields: () => ({}) } },
};

function fileInfo(): ExtensionFields {
  const value = object(
    { values: list(z.unknown(), 1), summary: filledText() },
    ...['values', 'summary'],
  );
  return {
    'file:byte_order': oneOf(['big-endian', 'little-endian']),
    'file:checksum': matching(/^[a-f0-9]+$/, 'is not a multihash in lower-case hexadecimal digits'),
    'file:header_size': wholeNumber(0),
    'file:size': wholeNumber(0),
    'file:values': list(value, 1),
  };
}

function localPath(): z.ZodMiniType {
  return matching(/^[^\r\n\t:'"/]+(?:\/[^\r\n\t:'"/]+)*\/?$/, 'is not a relative path');
}

function processingInfo(): ExtensionFields {
  return {
    'processing:lineage': text(),
    'processing:level': text(),
    'processing:facility': text(),
    'processing:software': mapOf(text()),
  };
}

function processingSince1_1(): ExtensionFields {
  const expression = object(
    {
      format: text(),
      expression: z.unknown().check(z.refine((given) => given !== undefined, 'expected a value')),
    },
    ...['format', 'expression'],
  );
  return { ...processingInfo(), 'processing:expression': expression };
}
