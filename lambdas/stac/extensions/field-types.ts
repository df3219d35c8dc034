import * as z from 'zod/mini';
import { tryParseInstant } from '../time.js';

/** Types of the fields of common metadata, and of those in the tables of extensions. */

export const text = z.string;
export const number = z.number;

export function filledText(): z.ZodMiniType {
  return z.string().check(z.minLength(1));
}

export function atLeast(minimum: number): z.ZodMiniType {
  return z.number().check(z.minimum(minimum));
}

export function above(minimum: number): z.ZodMiniType {
  return z.number().check(z.gt(minimum));
}

export function between(minimum: number, maximum: number): z.ZodMiniType {
  return z.number().check(z.minimum(minimum), z.maximum(maximum));
}

export function wholeNumber(minimum?: number): z.ZodMiniType {
  return minimum === undefined ? z.int() : z.int().check(z.minimum(minimum));
}

export function oneOf(values: readonly string[]): z.ZodMiniType {
  return z.enum([...values]);
}

export function matching(pattern: RegExp, problem: string): z.ZodMiniType {
  return z.string().check(z.refine((value) => pattern.test(value), problem));
}

export function nullable(schema: z.ZodMiniType): z.ZodMiniType {
  return z.nullable(schema);
}

export function dateTime(): z.ZodMiniType {
  return z.string().check(
    z.refine((value) => tryParseInstant(value) !== undefined, {
      error: 'is not an RFC 3339 date-time',
      abort: true,
    }),
  );
}

/** An array of as many numbers as one of `lengths` says. */
export function numbers(...lengths: readonly number[]): z.ZodMiniType {
  return z
    .array(z.number())
    .check(
      z.refine(
        ({ length }) => lengths.includes(length),
        `does not have ${lengths.join(' or ')} numbers`,
      ),
    );
}

export function list(item: z.ZodMiniType, minimum = 0): z.ZodMiniType {
  return z.array(item).check(z.minLength(minimum));
}

/** A list of at least one value, without repeated values. */
export function distinct(item: z.ZodMiniType, maximum = Infinity): z.ZodMiniType {
  return z.array(item).check(
    z.minLength(1),
    z.maxLength(maximum),
    z.refine((given) => new Set(given).size === given.length, 'has a value twice'),
  );
}

/** An object with the `required` fields, whose known fields have their types. Others are allowed. */
export function object(
  fields: Readonly<Record<string, z.ZodMiniType>>,
  ...required: readonly string[]
): z.ZodMiniType {
  return z.looseObject(shapeOf(fields, required));
}

/** As object, but without other fields. */
export function closedObject(
  fields: Readonly<Record<string, z.ZodMiniType>>,
  ...required: readonly string[]
): z.ZodMiniType {
  return z.strictObject(shapeOf(fields, required));
}

/** As `schema`, which accepts objects, but at least one field has to be given. */
export function notEmpty(schema: z.ZodMiniType): z.ZodMiniType {
  return schema.check(z.refine((value) => Object.keys(value as object).length > 0, 'is empty'));
}

export function mapOf(value: z.ZodMiniType): z.ZodMiniType {
  return z.record(z.string(), value);
}

function shapeOf(
  fields: Readonly<Record<string, z.ZodMiniType>>,
  required: readonly string[],
): Record<string, z.ZodMiniType> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [
      name,
      required.includes(name) ? schema : z.optional(schema),
    ]),
  );
}
