import { GranuleError } from '../runtime/errors.js';
import type { XmlDocument, XmlElement } from './element.js';

export interface Place {
  /** In UTF-16 units; past the end it means the end. */
  readonly offset: number;
  /** The name of the innermost open element. */
  readonly element: string | undefined;
}

/** An error that points at a place in a document, its line and column counted from 1. */
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

/** An error that points at an element which was read; `problem` continues the sentence that the element begins. */
export function elementFault(
  document: XmlDocument,
  element: XmlElement,
  problem: string,
): GranuleError {
  const offset = document.text.lastIndexOf('<', element.end - 1);
  return faultAt(document, problem, { offset, element: element.name });
}

/** An error about what the parser complains of. */
export function syntaxFault(document: XmlDocument, message: string, place: Place): GranuleError {
  const ampersand = bareAmpersand(document.text);
  if (ampersand !== undefined && ampersand < place.offset) {
    const problem = `is not well-formed XML: holds a bare '&'`;
    return faultAt(document, problem, { ...place, offset: ampersand });
  }
  return faultAt(document, `is not well-formed XML: ${message.replace(/\.$/, '')}`, place);
}

const AMPERSANDS = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|&(?!#?[\w:.-]+;)/g;

/** saxes takes all that follows one for the name of an entity, and so complains at the end of the file. */
function bareAmpersand(text: string): number | undefined {
  return [...text.matchAll(AMPERSANDS)].find(([match]) => match === '&')?.index;
}

function positionAt(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, Math.max(0, offset)).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}
