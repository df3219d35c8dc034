import { SaxesParser, type SaxesTagNS } from 'saxes';
import { GranuleError } from './errors.js';
import { xmlEntities } from './xml-entities.js';

export interface XmlDocument {
  /** Where it was read, for errors. */
  readonly href: string;
  readonly text: string;
}

/** An element while a document is read: its attributes when it opens, its text by the time it closes. */
export interface XmlElement {
  /** As written, prefix included: for errors only, since the prefix is the writer's choice. */
  readonly name: string;
  readonly local: string;
  /** Of its namespace; '' for none. */
  readonly uri: string;
  /** The prefixes that it declares, with their namespaces; '' is the default namespace. */
  readonly namespaces: Readonly<Record<string, string>>;
  readonly parent: XmlElement | undefined;
  /** What stands before its first child element; references and CDATA resolved, white space kept. */
  readonly text: string;
  /** Where its start tag ends, in UTF-16 units. */
  readonly end: number;
  /** The value of an attribute of no namespace. */
  attribute(name: string): string | undefined;
}

export interface XmlHandlers {
  readonly open?: (element: XmlElement) => void;
  readonly close?: (element: XmlElement) => void;
}

/** The most that a document may ask for; a legal one stays far below. */
const MAX_DEPTH = 256;
const MAX_CHARACTERS = 64 * 1024 * 1024;
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

/**
 * Reads a document from start to end without keeping a tree: `open` and `close` are told of every element. Throws
 * GranuleError with the line, the column and the innermost open element where it is not well-formed or asks for too much.
 */
export function readXml(document: XmlDocument, { open, close }: XmlHandlers): void {
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
    open?.(current);
  });
  parser.on('closetag', () => {
    if (current !== undefined) close?.(current);
    closed = current;
    current = current?.parent;
  });
  if (document.text.length > MAX_CHARACTERS) fail(`is larger than ${MAX_CHARACTERS} characters`);
  parser.write(document.text).close();
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

interface Place {
  readonly offset: number;
  readonly element: string | undefined;
}

function syntaxFault(document: XmlDocument, message: string, place: Place): GranuleError {
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

function faultAt(
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

function positionAt(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, Math.max(0, offset)).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}
