import { SaxesParser, type SaxesTagNS } from 'saxes';
import { MAX_DEPTH, type XmlDocument, type XmlElement, type XmlHandlers } from './element.js';
import { xmlEntities } from './entities.js';
import { faultAt, syntaxFault } from './faults.js';
import { tryErrorPage } from './other-format.js';

export type { XmlDocument, XmlElement, XmlHandlers } from './element.js';
export { elementFault } from './faults.js';

const MAX_CHARACTERS = 64 * 1024 * 1024;
const MAX_ENTITY_CHARACTERS = 64 * 1024;

/**
 * Reads an XML document from start to end and calls `handlers.open` and `handlers.close` for every element, in document
 * order, without keeping a tree. External entities and document types are never loaded.
 *
 * Throws a permanent GranuleError with the line, the column and the innermost open element if the document is not
 * well-formed, has more than 64 Mi characters, is nested deeper than 256 elements, or has entities that expand to more
 * than 64 Ki characters. Error pages of servers are rejected too. If the document is not XML, or is an error page, the message
 * contains its first characters. An error that a handler throws stops the parser and is rethrown.
 *
 * @example
 * const document = { href, text: decodeText(await source.read(href)) };
 * let cloudCover: XmlElement | undefined;
 * readXml(document, {
 *   open: (element) => {
 *     if (element.local === 'CLOUD_COVER') cloudCover = element;
 *   },
 * });
 * // <CLOUD_COVER unit="%">12.5</CLOUD_COVER>
 * cloudCover?.text; // '12.5'
 * cloudCover?.attribute('unit'); // '%'
 *
 * @see https://www.w3.org/TR/xml/ and https://www.w3.org/TR/xml-names/
 */
export function readXml(document: XmlDocument, handlers: XmlHandlers): void {
  if (document.text.length > MAX_CHARACTERS) {
    const problem = `is larger than ${MAX_CHARACTERS} characters`;
    throw faultAt(document, problem, { offset: 0, element: undefined });
  }
  new DocumentReader(document, handlers).read();
}

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

/** Keeps track of the open elements while saxes parses one document. */
class DocumentReader {
  readonly #document: XmlDocument;
  readonly #handlers: XmlHandlers;
  readonly #parser = new SaxesParser({ xmlns: true, position: false });
  #current: OpenElement | undefined;
  #closed: OpenElement | undefined;

  constructor(document: XmlDocument, handlers: XmlHandlers) {
    this.#document = document;
    this.#handlers = handlers;
  }

  read(): void {
    const parser = this.#parser;
    const addText = (text: string): void => {
      if (this.#current?.hasChild === false) this.#current.text += text;
    };
    this.#declareEntities('');
    parser.on('error', ({ message }) => this.#reject(message));
    parser.on('doctype', (doctype) => {
      this.#declareEntities(doctype);
    });
    parser.on('text', addText);
    parser.on('cdata', addText);
    parser.on('opentag', (tag) => {
      this.#open(tag);
    });
    parser.on('closetag', () => {
      this.#close();
    });
    parser.write(this.#document.text).close();
  }

  #open(tag: SaxesTagNS): void {
    if (this.#current !== undefined) this.#current.hasChild = true;
    const element = new OpenElement(tag, this.#current, this.#parser.position);
    this.#current = element;
    if (element.depth > MAX_DEPTH) this.#fail(`is nested deeper than ${MAX_DEPTH} elements`);
    const page = element.depth <= 2 ? tryErrorPage(element, this.#document.text) : undefined;
    if (page !== undefined) this.#fail(page);
    this.#handlers.open?.(element);
  }

  #close(): void {
    if (this.#current !== undefined) this.#handlers.close?.(this.#current);
    this.#closed = this.#current;
    this.#current = this.#current?.parent;
  }

  #declareEntities(doctype: string): void {
    this.#parser.ENTITIES = xmlEntities(doctype, {
      budget: MAX_ENTITY_CHARACTERS,
      fail: (problem) => this.#fail(problem),
    });
  }

  #fail(problem: string): never {
    const offset = this.#parser.position - 1;
    throw faultAt(this.#document, problem, { offset, element: this.#current?.name });
  }

  #reject(message: string): never {
    // saxes reports the close of an element before it reports that the element must not close there.
    const element = message.startsWith('unexpected close') ? this.#closed : this.#current;
    const offset = this.#parser.position - 1;
    throw syntaxFault(this.#document, message, { offset, element: element?.name });
  }
}
