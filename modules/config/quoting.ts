import type { YamlDocument } from './yaml/document.js';
import type { PlainScalar } from './yaml/plain-scalars.js';
import type { YamlProblem } from './yaml/syntax.js';

/** The keys whose values may be numbers, true, false or null, so that no type refuses a text that looks like one. */
const ANY_VALUES = ['sns_filter_policy', 'python_arguments'] as const;

/** Text in YAML 1.2, but true or false in YAML 1.1: the author may mean either. */
const WORDS = /^(?:y|yes|n|no|on|off)$/i;

/** Returns a problem for each value of these keys that YAML may not read as it is written. Names are always text. */
export function unquotedValues(document: YamlDocument): readonly YamlProblem[] {
  return ANY_VALUES.flatMap((field) =>
    document.plainScalarsOf([field]).flatMap((scalar) => {
      const message = emptyArgument(field, scalar) ?? faultOf(scalar);
      const { line, column, file } = scalar;
      const position = { line, column, ...(file !== undefined && { file }) };
      return message === undefined ? [] : [{ ...position, field, message }];
    }),
  );
}

/** Null is a value of an argument. A name without a value is more probably an oversight. */
function emptyArgument(field: string, { source, place }: PlainScalar): string | undefined {
  return field === 'python_arguments' && source === '' && place === 'value'
    ? 'has an argument without a value, which YAML reads as null: write null, or remove it'
    : undefined;
}

function faultOf(scalar: PlainScalar): string | undefined {
  const { source, place } = scalar;
  if (place === 'key') return undefined;
  if (!WORDS.test(source)) return changeOf(scalar);
  return `has the value ${source}, which YAML may read as true or false: put it in quotes if it is text, or write true or false`;
}

/** Returns a fault if YAML reads the value as something that is written in another way. */
function changeOf({ source, value, place }: PlainScalar): string | undefined {
  if (value === null && place !== 'element') return undefined;
  if (source === '')
    return 'has an empty element, which YAML reads as null: write null, or remove it';
  const isChanged =
    value === null ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value));
  if (!isChanged || String(value) === source) return undefined;
  const kind = typeof value === 'number' ? 'the number ' : '';
  const quote = `has the value ${source}, which YAML reads as ${kind}${String(value)}: put it in quotes`;
  // A longer integer loses digits, so the number that is left is not what the author means.
  const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded
    ? `${quote} to keep all digits`
    : `${quote} if it is text, or write ${String(value)}`;
}
