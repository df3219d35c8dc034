import type { YamlDocument } from './yaml/document.js';
import type { YamlProblem } from './yaml/syntax.js';

/** The keys whose values may be numbers, so that a text that looks like one is not refused by its type. */
const ANY_VALUES = 'sns_filter_policy';

/** Text in YAML 1.2, but true or false in YAML 1.1: the author may mean either. */
const WORDS = /^(?:y|yes|n|no|on|off)$/i;

/** Returns a problem for each value of the filter policy that YAML may not read as it is written. */
export function unquotedValues(document: YamlDocument): readonly YamlProblem[] {
  return document.plainScalarsOf([ANY_VALUES]).flatMap(({ line, column, source, value }) => {
    const message = quotingFault(source, value);
    return message === undefined ? [] : [{ line, column, field: ANY_VALUES, message }];
  });
}

function quotingFault(source: string, value: unknown): string | undefined {
  if (WORDS.test(source)) {
    return `has the value ${source}, which YAML may read as true or false: put it in quotes if it is text, or write true or false`;
  }
  if (typeof value !== 'number' || !Number.isFinite(value) || String(value) === source) {
    return undefined;
  }
  const quote = `has the value ${source}, which YAML reads as the number ${value}: put it in quotes`;
  // A longer integer loses digits, so the number that is left is not what the author means.
  const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded ? `${quote} to keep all digits` : `${quote} if it is text, or write ${value}`;
}
