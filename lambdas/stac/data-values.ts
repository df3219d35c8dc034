import * as z from 'zod/mini';

/** Types of values in files, which STAC 1.1.0 took over from the raster extension. */

const DATA_TYPES = [
  ...['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64'],
  ...['float16', 'float32', 'float64', 'cint16', 'cint32', 'cfloat32', 'cfloat64', 'other'],
];

export function dataType(): z.ZodMiniType {
  return z.enum(DATA_TYPES);
}

export function noData(): z.ZodMiniType {
  return z.union([z.number(), z.enum(['nan', 'inf', '-inf'])], 'is not a number, nan, inf or -inf');
}
