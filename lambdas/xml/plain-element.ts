import { tryFindAttribute } from './plain-attributes.js';
import { declarations, OUTERMOST_SCOPE, tryScope, type Scope } from './plain-scope.js';
import type { PlainTag } from './plain-tag.js';
import { MAX_DEPTH, type XmlElement } from './element.js';

/** An element of plain XML: what few ask for is cut out of the document when they do. */
export class PlainElement implements XmlElement {
  readonly name: string;
  readonly local: string;
  readonly end: number;
  readonly uri: string;
  readonly scope: Scope;
  readonly depth: number;
  readonly #tag: PlainTag;

  constructor(
    tag: PlainTag,
    readonly parent: PlainElement | undefined,
    { scope, uri }: { readonly scope: Scope; readonly uri: string },
  ) {
    this.#tag = tag;
    this.name = tag.name;
    this.local = tag.name.slice(tag.name.indexOf(':') + 1);
    this.end = tag.end;
    this.uri = uri;
    this.scope = scope;
    this.depth = (parent?.depth ?? 0) + 1;
  }

  get text(): string {
    const { source, isEmpty, end, textEnd } = this.#tag;
    return isEmpty ? '' : source.slice(end, textEnd);
  }

  get namespaces(): Readonly<Record<string, string>> {
    return Object.fromEntries(declarations(this.#tag.attributes));
  }

  attribute(name: string): string | undefined {
    return tryFindAttribute(this.#tag.attributes, name)?.value;
  }
}

/** The element that a tag opens; undefined where it is too deep, and where its names break a rule or may do so. */
export function tryOpen(tag: PlainTag, parent: PlainElement | undefined): PlainElement | undefined {
  if (parent !== undefined && parent.depth >= MAX_DEPTH) return undefined;
  const scope = tryScope(tag.attributes, parent === undefined ? OUTERMOST_SCOPE : parent.scope);
  const uri = scope?.get(prefixOf(tag.name));
  if (scope === undefined || uri === undefined) return undefined;
  return new PlainElement(tag, parent, { scope, uri });
}

function prefixOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf(':')));
}
