import { tryOpen, type PlainElement } from './plain-element.js';
import { endTagTextEnd, isEndTag, tryReadTag } from './plain-tag.js';
import type { XmlHandlers } from './element.js';

const DECLARATION = String.raw`<\?xml version="1\.0"(?: encoding="[A-Za-z][\w.\-]*")? ?\?>`;
// A longer one would need too much of the regular expression's stack.
const COMMENT = String.raw`<!--(?:-?[^\-\x00-\x08\x0b-\x1f\ud800-\uffff]){0,1000}-->`;
const SPACE = String.raw`[ \t\n]*`;
const START = new RegExp(`^(?:${DECLARATION})?${SPACE}(?:${COMMENT}${SPACE}){0,10}`);
const BLANK = new RegExp(`^${SPACE}$`);

/**
 * Reads plain XML, in less than half the time of a parser for all of it: elements, attributes in double quotes, text;
 * names in ASCII, line ends as Unix has them; comments only before the root; no references, CDATA, processing instructions
 * or document types. What it reads to the end is well-formed. False where `source` is anything else, of which the
 * handlers may have been told the beginning.
 */
export function readPlainXml(source: string, handlers: XmlHandlers): boolean {
  let at = START.exec(source)?.[0].length ?? 0;
  let parent: PlainElement | undefined;
  do {
    if (parent !== undefined && isEndTag(source, at)) {
      at = endTagTextEnd(source, at, parent.name);
      if (at === -1) return false;
      handlers.close?.(parent);
      parent = parent.parent;
    } else {
      const tag = tryReadTag(source, at);
      const element = tag && tryOpen(tag, parent);
      if (tag === undefined || element === undefined) return false;
      handlers.open?.(element);
      if (tag.isEmpty) handlers.close?.(element);
      else parent = element;
      at = tag.textEnd;
    }
  } while (parent !== undefined);
  return at === source.length && BLANK.test(source.slice(source.lastIndexOf('>') + 1));
}
