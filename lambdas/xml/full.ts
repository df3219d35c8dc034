import { SaxesParser, type SaxesTagNS } from 'saxes';
import { MAX_DEPTH, type XmlDocument, type XmlElement, type XmlHandlers } from './element.js';
import { xmlEntities } from './entities.js';
import { faultAt, syntaxFault } from './faults.js';

const MAX_ENTITY_CHARACTERS = 64 * 1024;

class OpenElement implements XmlElement {
  readonly name: string;
  readonly local: string;
  readonly uri: string;
  readonly depth: number;
  text = '';
  hasChild = false;
  readonly #tag: SaxesTagNS;

  constructor(
    tag: SaxesTagNS,
    readonly parent: OpenElement | undefined,
    readonly end: number,
  ) {
    this.#tag = tag;
    this.name = tag.name;
    this.local = tag.local;
    this.uri = tag.uri;
    this.depth = (parent?.depth ?? 0) + 1;
  }

  get namespaces(): Readonly<Record<string, string>> {
    return this.#tag.ns;
  }

  attribute(name: string): string | undefined {
    return this.#tag.attributes[name]?.value;
  }
}

/** Reads any XML document, and says what is wrong with one that is none. Throws as readXml. */
export function readFullXml(document: XmlDocument, handlers: XmlHandlers): void {
  const parser = new SaxesParser({ xmlns: true, position: false });
  let current: OpenElement | undefined;
  let closed: OpenElement | undefined;
  const fail = (problem: string): never => {
    throw faultAt(document, problem, { offset: parser.position - 1, element: current?.name });
  };
  const entities = (doctype: string) =>
    xmlEntities(doctype, { budget: MAX_ENTITY_CHARACTERS, fail });
  const addText = (text: string): void => {
    if (current?.hasChild === false) current.text += text;
  };

  parser.ENTITIES = entities('');
  parser.on('error', ({ message }) => {
    // saxes tells that an element closes before it tells that it should not.
    const element = message.startsWith('unexpected close') ? closed : current;
    throw syntaxFault(document, message, { offset: parser.position - 1, element: element?.name });
  });
  parser.on('doctype', (doctype) => {
    parser.ENTITIES = entities(doctype);
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('opentag', (tag) => {
    if (current !== undefined) current.hasChild = true;
    current = new OpenElement(tag, current, parser.position);
    if (current.depth > MAX_DEPTH) fail(`is nested deeper than ${MAX_DEPTH} elements`);
    handlers.open?.(current);
  });
  parser.on('closetag', () => {
    if (current !== undefined) handlers.close?.(current);
    closed = current;
    current = current?.parent;
  });
  parser.write(document.text).close();
}
