import { z } from 'zod';
import { FieldError } from '../values/error.js';
import type { FieldFault } from '../values/error.js';
import type { Field, NumberChoiceField, RangeField } from './field.js';

/** The zod schema of a key, derived from its row in the table. */
export function fieldSchema(field: Field): z.ZodType {
  const schema = valueSchema(field);
  return field.required ? schema : schema.exactOptional();
}

/** The schema of a key that is given. */
export function valueSchema(field: Field): z.ZodType {
  switch (field.kind) {
    case 'number':
      return 'values' in field ? oneNumberOf(field) : wholeNumber(field);
    case 'boolean':
      return trueOrFalse();
    case 'choice':
      return z.enum(field.values, unless(`must be ${field.values.join(' or ')}`));
    case 'text':
      return text(field.parse);
    case 'list':
      return (field.rules ?? []).reduce<z.ZodType<string[]>>(
        (list, { must, holds }) => list.refine(holds, `must ${must}`),
        listOf(text(field.parse), field.of),
      );
    case 'mapping':
      return mapping(field.values === 'text' ? text() : z.unknown(), field);
  }
}

/** Makes a parser that returns the given text itself once `parse` has accepted it. */
export function checked(parse: (value: string) => unknown): (value: string) => string {
  return (value) => {
    parse(value);
    return value;
  };
}

interface Issue {
  readonly input?: unknown;
}

const NO_VALUE = 'has no value: add one after the colon, or leave the key out';

/** The error of a value of the wrong type: `message`, unless there is no value at all. */
function unless(message: string) {
  return { error: ({ input }: Issue) => (input === null ? NO_VALUE : message) };
}

/** Says why a value is not text. YAML reads 0123 as a number: a number is never turned back into text. */
function notText({ input }: Issue): string | undefined {
  if (input === undefined) return 'is missing';
  if (input === null) return NO_VALUE;
  if (Array.isArray(input)) return 'must be text, not a list';
  if (typeof input === 'object') return 'must be text, not a mapping';
  return `must be text, but YAML reads this as a ${typeof input}: put it in quotes`;
}

function text(parse: (value: string) => string = (value) => value) {
  return z.string({ error: notText }).transform((value, context) => {
    try {
      return parse(plainText(value));
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      context.addIssue({ code: 'custom', message: error.message, input: value });
      return z.NEVER;
    }
  });
}

function plainText(value: string): string {
  if (value.trim() === '') throw new FieldError('is empty: add a value, or leave the key out');
  if (/\p{Cc}/u.test(value)) throw new FieldError('must be one line without control characters');
  if (value !== value.trim()) throw new FieldError('must not start or end with a space');
  return value;
}

function digitsAsNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

/** Digits in quotes count as a number; null, "" and true do not, which coercion would turn into 0, 0 and 1. */
function wholeNumber({ min, max, unit }: RangeField) {
  const message = unless(`must be a whole number of ${unit} from ${min} to ${max}`);
  return z.preprocess(digitsAsNumber, z.int(message).min(min, message).max(max, message));
}

function oneNumberOf({ values }: NumberChoiceField) {
  const message = unless(`must be one of ${values.join(', ')}`);
  return z.preprocess(digitsAsNumber, z.literal(values, message));
}

function trueOrFalse() {
  const words = new Map<unknown, boolean>([
    ['true', true],
    ['false', false],
  ]);
  return z.preprocess(
    (value) => words.get(value) ?? value,
    z.boolean(unless('must be true or false')),
  );
}

function listOf(element: z.ZodType<string>, what: string) {
  const message = unless(`must be a list of ${what}, with at least one`);
  return z.array(element, message).min(1, message);
}

function mapping(value: z.ZodType, { of, parse }: Extract<Field, { kind: 'mapping' }>) {
  return z
    .record(z.string(), value, unless(`must be a mapping of ${of}`))
    .superRefine((given, context) => {
      for (const { message, path } of faultsOf(() => parse(given as never))) {
        context.addIssue({ code: 'custom', message, params: { at: path } });
      }
    });
}

/** The faults in the FieldError that `parse` throws; none when it throws none. */
function faultsOf(parse: () => unknown): readonly FieldFault[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof FieldError) return error.faults;
    throw error;
  }
}
