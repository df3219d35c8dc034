import { readAttributes, type Attribute } from './plain-attributes.js';

/** A start tag of plain XML. */
export interface PlainTag {
  /** The document that it stands in. */
  readonly source: string;
  readonly name: string;
  /** The last of them. */
  readonly attributes: Attribute | undefined;
  /** `<a/>`. */
  readonly isEmpty: boolean;
  /** Behind its `>`. */
  readonly end: number;
  /** Where the text behind it ends. */
  readonly textEnd: number;
}

/** More would be too many to compare each with each, and for the stack of the regular expression. */
const MAX_ATTRIBUTES = 64;

const SPACE = String.raw`[ \t\n]`;
const NAME = String.raw`[A-Za-z_][\w.\-]*(?::[A-Za-z_][\w.\-]*)?`;
// Without what XML forbids, and without what does not stand for itself: references, carriage returns, surrogates.
const VALUE = String.raw`"[^"<&\x00-\x1f\ud800-\uffff]*"`;
// Nor '>', which may end a ']]>': that has no place in a text.
const TEXT = String.raw`[^<>&\x00-\x08\x0b-\x1f\ud800-\uffff]*`;

const ATTRIBUTES = `(?:${SPACE}+${NAME}=${VALUE}){0,${MAX_ATTRIBUTES}}`;
const START_TAG = new RegExp(`<${NAME}${ATTRIBUTES}${SPACE}*/?>${TEXT}`, 'y');
const END_OF_TAG = new RegExp(`${SPACE}*>${TEXT}`, 'y');

/** The tag whose `<` stands at `start`; undefined where it is none, or not plain. */
export function tryReadTag(source: string, start: number): PlainTag | undefined {
  const textEnd = matchEnd(START_TAG, source, start);
  if (textEnd === -1) return undefined;
  const end = source.lastIndexOf('>', textEnd - 1) + 1;
  const isEmpty = source.charCodeAt(end - 2) === SLASH;
  const nameEnd = findNameEnd(source, start + 1);
  return {
    source,
    name: source.slice(start + 1, nameEnd),
    attributes: readAttributes(source, nameEnd, isEmpty ? end - 2 : end - 1),
    isEmpty,
    end,
    textEnd,
  };
}

const END_TAG = '</';

export function isEndTag(source: string, start: number): boolean {
  return source.startsWith(END_TAG, start);
}

/** Where the text behind the `</name>` at `start` ends; -1 where it is of another name, or not plain. */
export function endTagTextEnd(source: string, start: number, name: string): number {
  const nameStart = start + END_TAG.length;
  return source.startsWith(name, nameStart)
    ? matchEnd(END_OF_TAG, source, nameStart + name.length)
    : -1;
}

/** `pattern` is sticky; -1 where it does not match at `start`. */
function matchEnd(pattern: RegExp, source: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(source) ? pattern.lastIndex : -1;
}

const [SLASH, GREATER, BLANK] = [0x2f, 0x3e, 0x20];

function findNameEnd(source: string, start: number): number {
  for (let at = start; ; at += 1) {
    const code = source.charCodeAt(at);
    if (code <= BLANK || code === SLASH || code === GREATER) return at;
  }
}
