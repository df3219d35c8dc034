import { readFullXml } from './full.js';
import { readPlainXml } from './plain.js';
import type { XmlDocument, XmlHandlers } from './element.js';
import { faultAt } from './faults.js';

export type { XmlDocument, XmlElement, XmlHandlers } from './element.js';
export { elementFault } from './faults.js';

const MAX_CHARACTERS = 64 * 1024 * 1024;

/**
 * Reads a document from start to end without keeping a tree: `open` and `close` are told of every element. Gives the
 * handlers that were told of all of it; those before them saw the part of it that is plain XML, where it is not
 * throughout, and are dropped. Throws GranuleError with the line, the column and the innermost open element where it is
 * not well-formed or asks for too much.
 */
export function readXml<H extends XmlHandlers>(document: XmlDocument, newHandlers: () => H): H {
  if (document.text.length > MAX_CHARACTERS) {
    const problem = `is larger than ${MAX_CHARACTERS} characters`;
    throw faultAt(document, problem, { offset: 0, element: undefined });
  }
  const handlers = newHandlers();
  if (readPlainXml(document.text, handlers)) return handlers;
  const anew = newHandlers();
  readFullXml(document, anew);
  return anew;
}
