import { z } from 'zod';
import { FieldError } from './values/error.js';

interface Issue {
  readonly input?: unknown;
}

const NO_VALUE = 'has no value: write one behind the colon, or leave the key out';

/** What is said of a field that is no text. */
function unless(message: string) {
  return { error: ({ input }: Issue) => (input === null ? NO_VALUE : message) };
}

/** Why a value is no text. YAML reads 0123 as a number and yes as text: a number is never turned back into text. */
function notText({ input }: Issue): string | undefined {
  if (input === undefined) return 'is missing';
  if (input === null) return NO_VALUE;
  if (Array.isArray(input)) return 'must be text, not a list';
  if (typeof input === 'object') return 'must be text, not a mapping';
  return `must be text, and YAML takes this for a ${typeof input}: quote it`;
}

/** Text that `parse` accepts, as `parse` returns it. `parse` throws FieldError. */
export function text(parse: (value: string) => string = (value) => value) {
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
  if (value.trim() === '') throw new FieldError('is empty: write a value, or leave the key out');
  if (/\p{Cc}/u.test(value)) throw new FieldError('must be one line, without control characters');
  if (value !== value.trim()) throw new FieldError('must have no blanks at its ends');
  return value;
}

/** Text that `parse` only has to accept. */
export function checkedText(parse: (value: string) => unknown) {
  return text((value) => {
    parse(value);
    return value;
  });
}

interface NumberRule {
  readonly min: number;
  readonly max: number;
  /** What is counted, in the plural. */
  readonly unit: string;
}

function digitsAsNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

/** Digits in quotes count as a number; null, "" and true do not, which coercion would turn into 0, 0 and 1. */
export function wholeNumber({ min, max, unit }: NumberRule) {
  const message = unless(`must be a whole number of ${unit} from ${min} to ${max}`);
  return z.preprocess(digitsAsNumber, z.int(message).min(min, message).max(max, message));
}

export function trueOrFalse() {
  const words = new Map<unknown, boolean>([
    ['true', true],
    ['false', false],
  ]);
  return z.preprocess(
    (value) => words.get(value) ?? value,
    z.boolean(unless('must be true or false')),
  );
}

export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, unless(`must be ${words.join(' or ')}`));
}

export function oneNumberOf(numbers: readonly [number, ...number[]]) {
  return z.preprocess(
    digitsAsNumber,
    z.literal(numbers, unless(`must be one of ${numbers.join(', ')}`)),
  );
}

export function listOf<Element extends z.ZodType>(element: Element, what: string) {
  const message = unless(`must be a list of ${what}, with at least one`);
  return z.array(element, message).min(1, message);
}

/** A mapping whose values are `value`, and which `parse` accepts. `parse` throws FieldError. */
export function mapping<Value extends z.ZodType>(
  value: Value,
  what: string,
  parse: (mapping: Record<string, z.infer<Value>>) => unknown,
) {
  return z
    .record(z.string(), value, unless(`must be a mapping of ${what}`))
    .superRefine((given, context) => {
      const fault = faultOf(() => parse(given));
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
    });
}

function faultOf(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof FieldError) return error.message;
    throw error;
  }
}
