import { GranuleError } from '../runtime/errors.js';
import type { XmlDocument, XmlElement } from './element.js';
import { tryOtherFormat } from './other-format.js';

export interface Place {
  /** In UTF-16 code units; a value past the end means the end. */
  readonly offset: number;
  /** The name of the innermost open element. */
  readonly element: string | undefined;
}

/** Creates an error with the line and column of a place in a document, counted from 1. */
export function faultAt(
  { href, text }: XmlDocument,
  problem: string,
  { offset, element }: Place,
): GranuleError {
  const { line, column } = positionAt(text, Math.min(offset, text.length - 1));
  const subject = element === undefined ? '' : ` <${element}>`;
  return new GranuleError(`${href}:${line}:${column}:${subject} ${problem}`, {
    href,
    line,
    column,
    ...(element !== undefined && { element }),
  });
}

/**
 * Creates an error with the line and column of an element's start tag; `problem` is the predicate of its message.
 *
 * @example
 * throw elementFault(document, element, `is not a number (given '${element.text}')`);
 * // GranuleError: s3://bucket/a.xml:12:5: <CLOUD_COVER> is not a number (given 'n/a')
 */
export function elementFault(
  document: XmlDocument,
  element: XmlElement,
  problem: string,
): GranuleError {
  const offset = document.text.lastIndexOf('<', element.end - 1);
  return faultAt(document, problem, { offset, element: element.name });
}

/** Creates the error for a message of the parser. */
export function syntaxFault(document: XmlDocument, message: string, place: Place): GranuleError {
  const ampersand = bareAmpersand(document.text);
  if (ampersand !== undefined && ampersand < place.offset) {
    const problem = `is not well-formed XML: contains a bare '&' (write it as &amp;)`;
    return faultAt(document, problem, { ...place, offset: ampersand });
  }
  const problem = `is not well-formed XML: ${message.replace(/\.$/, '')}`;
  const other = tryOtherFormat(document.text);
  return faultAt(document, other === undefined ? problem : `${problem}; the file ${other}`, place);
}

const AMPERSANDS = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|&(?!#?[\w:.-]+;)/g;

/** saxes reads everything after a bare '&' as the name of an entity, and reports the error at the end of the file. */
function bareAmpersand(text: string): number | undefined {
  return [...text.matchAll(AMPERSANDS)].find(([match]) => match === '&')?.index;
}

function positionAt(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, Math.max(0, offset)).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}
