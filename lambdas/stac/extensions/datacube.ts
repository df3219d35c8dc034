import * as z from 'zod/mini';
import { dataType, noData } from '../data-values.js';
import type { ExtensionFields, ExtensionTable, Rules } from './extension.js';
import type { Fields } from './parts.js';
import { list, mapOf, nullable, number, numbers, object, oneOf, text } from './field-types.js';

const SINCE_2_1: Rules = {
  required: ['cube:dimensions'],
  requiredIn: 'anywhere',
  collectionRequiresAny: true,
};

/** @see https://github.com/stac-extensions/datacube */
export const datacube: ExtensionTable = {
  name: 'datacube',
  prefix: 'cube:',
  versions: {
    '2.0.0': {
      fields: () => fieldsWith(dimensionOf()),
      required: ['cube:dimensions'],
    },
    '2.1.0': { ...SINCE_2_1, fields: () => fieldsWith(dimensionOf()) },
    '2.2.0': { ...SINCE_2_1, fields: () => fieldsWith(dimensionOf(vector())) },
    '2.3.0': {
      ...SINCE_2_1,
      fields: () => fieldsWith(dimensionOf(vector()), { nodata: noData(), data_type: dataType() }),
    },
  },
};

function fieldsWith(dimension: z.ZodMiniType, ofVariable: ExtensionFields = {}): ExtensionFields {
  return { 'cube:dimensions': mapOf(dimension), 'cube:variables': mapOf(variable(ofVariable)) };
}

function variable(fields: ExtensionFields): z.ZodMiniType {
  return object(
    {
      variable_type: oneOf(['data', 'auxiliary']),
      description: text(),
      dimensions: list(text()),
      values: list(z.unknown(), 1),
      extent: pairOf(z.union([z.string(), z.number(), z.null()])),
      unit: text(),
      ...fields,
    },
    'dimensions',
  );
}

/** The kind of a dimension follows from its `type` and `axis`. Since 2.2.0 there are dimensions of geometries. */
function dimensionOf(ofGeometries?: z.ZodMiniType): z.ZodMiniType {
  const [alongXy, alongZ, time, other] = [horizontal(), vertical(), temporal(), additional()];
  const kindOf = ({ type, axis }: Fields): z.ZodMiniType => {
    if (type === 'spatial') return axis === 'z' ? alongZ : alongXy;
    return type === 'geometry' ? (ofGeometries ?? other) : other;
  };
  return z.looseObject({ type: z.string() }).check(
    z.superRefine((value, context) => {
      // An additional dimension may have the type temporal too, with numbers for example.
      if (value.type === 'temporal' && time.safeParse(value).success) return;
      const result = kindOf(value).safeParse(value);
      for (const { path, message } of result.error?.issues ?? []) {
        context.addIssue({ code: 'custom', path: [...path], message, input: value });
      }
    }),
  );
}

function horizontal(): z.ZodMiniType {
  return object(
    {
      axis: oneOf(['x', 'y', 'z']),
      extent: numbers(2),
      values: list(number(), 1),
      step: nullable(number()),
      description: text(),
      reference_system: referenceSystem(),
    },
    ...['axis', 'extent'],
  );
}

function vertical(): z.ZodMiniType {
  return withExtentOrValues(
    object({
      extent: pairOf(nullable(number())),
      values: numbersOrTexts(),
      step: nullable(number()),
      unit: text(),
      description: text(),
      reference_system: referenceSystem(),
    }),
  );
}

function temporal(): z.ZodMiniType {
  return object(
    {
      axis: z.undefined(),
      extent: pairOf(nullable(text())),
      values: list(text(), 1),
      step: nullable(text()),
      description: text(),
    },
    'extent',
  );
}

function additional(): z.ZodMiniType {
  return withExtentOrValues(
    object({
      axis: z.undefined(),
      extent: pairOf(nullable(number())),
      values: numbersOrTexts(),
      step: nullable(number()),
      unit: text(),
      description: text(),
      reference_system: text(),
      dimensions: list(text()),
    }),
  );
}

/** Geometries, one for each element of the cube. */
function vector(): z.ZodMiniType {
  return object(
    {
      axes: list(oneOf(['x', 'y', 'z'])),
      bbox: numbers(4, 6),
      values: list(text(), 1),
      geometry_types: list(text()),
      description: text(),
      reference_system: referenceSystem(),
    },
    'bbox',
  );
}

function withExtentOrValues(schema: z.ZodMiniType): z.ZodMiniType {
  return schema.check(
    z.refine(
      (value) => 'extent' in (value as object) || 'values' in (value as object),
      'needs an extent or values',
    ),
  );
}

function pairOf(schema: z.ZodMiniType): z.ZodMiniType {
  return z.array(schema).check(z.length(2));
}

function numbersOrTexts(): z.ZodMiniType {
  return list(z.union([z.number(), z.string()]), 1);
}

/** WKT2, an EPSG code or PROJJSON. */
function referenceSystem(): z.ZodMiniType {
  return z.union(
    [z.string(), z.int().check(z.minimum(0)), z.looseObject({})],
    'is not WKT2, an EPSG code or PROJJSON',
  );
}
