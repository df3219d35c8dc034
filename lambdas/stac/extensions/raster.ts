import type * as z from 'zod/mini';
import { dataType, noData } from '../data-values.js';
import { FIELDS_OF_BANDS, type ExtensionFields, type ExtensionTable } from './extension.js';
import {
  closedObject,
  list,
  notEmpty,
  number,
  object,
  oneOf,
  text,
  wholeNumber,
} from './field-types.js';

/** @see https://github.com/stac-extensions/raster */
export const raster: ExtensionTable = {
  name: 'raster',
  prefix: 'raster:',
  versions: {
    '1.0.0': { fields: () => ({ 'raster:bands': bands() }), places: ['assets'] },
    '1.1.0': { fields: () => ({ 'raster:bands': bands() }), places: ['assets'] },
    '2.0.0': {
      ...FIELDS_OF_BANDS,
      fields: fieldsOf2,
      removed: { 'raster:bands': 'use bands, with fields such as raster:scale in each band' },
    },
  },
};

function bands(): z.ZodMiniType {
  const statistics = {
    mean: number(),
    minimum: number(),
    maximum: number(),
    stddev: number(),
    valid_percent: number(),
  };
  const band = {
    data_type: dataType(),
    unit: text(),
    bits_per_sample: wholeNumber(),
    sampling: oneOf(['area', 'point']),
    nodata: noData(),
    scale: number(),
    offset: number(),
    spatial_resolution: number(),
    statistics: notEmpty(closedObject(statistics)),
    histogram: histogram(),
  };
  return list(notEmpty(object(band)), 1);
}

function histogram(): z.ZodMiniType {
  return closedObject(
    { count: number(), min: number(), max: number(), buckets: list(wholeNumber(), 3) },
    ...['count', 'min', 'max', 'buckets'],
  );
}

function fieldsOf2(): ExtensionFields {
  return {
    'raster:bits_per_sample': wholeNumber(),
    'raster:sampling': oneOf(['area', 'point']),
    'raster:scale': number(),
    'raster:offset': number(),
    'raster:spatial_resolution': number(),
    'raster:histogram': histogram(),
  };
}
