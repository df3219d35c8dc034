import { tryFindAttribute, type Attribute } from './plain-attributes.js';

/** The namespaces in force, by prefix; '' is the default namespace. */
export type Scope = ReadonlyMap<string, string>;

const XMLNS = 'xmlns';
const XMLNS_PREFIX = `${XMLNS}:`;
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

export const OUTERMOST_SCOPE: Scope = new Map([
  ['', ''],
  ['xml', XML_NAMESPACE],
]);

/** What a document may not declare, or only as it is anyway. @see https://www.w3.org/TR/xml-names/#ns-decl */
const RESERVED = new Set(['xml', XMLNS, XML_NAMESPACE, 'http://www.w3.org/2000/xmlns/']);

/** Each scope is a copy of the outer one: more would take long. */
const MAX_PREFIXES = 64;

/** The namespaces inside an element; undefined where its attributes break a rule of names, or may do so. */
export function tryScope(last: Attribute | undefined, outer: Scope): Scope | undefined {
  let isPlain = true;
  for (let attribute = last; attribute !== undefined; attribute = attribute.before) {
    const { name, before } = attribute;
    if (tryFindAttribute(before, name) !== undefined) return undefined;
    isPlain &&= name !== XMLNS && !name.includes(':');
  }
  return isPlain ? outer : tryInnerScope(last, outer);
}

/** What an element declares: namespaces by their prefixes. */
export function declarations(last: Attribute | undefined): Map<string, string> {
  const declared = new Map<string, string>();
  for (let attribute = last; attribute !== undefined; attribute = attribute.before) {
    const { name, value } = attribute;
    if (declares(name)) declared.set(name.slice(XMLNS_PREFIX.length), value.trim());
  }
  return declared;
}

function declares(name: string): boolean {
  return name === XMLNS || name.startsWith(XMLNS_PREFIX);
}

function tryInnerScope(last: Attribute | undefined, outer: Scope): Scope | undefined {
  const scope = new Map(outer);
  for (const [prefix, uri] of declarations(last)) {
    if (!mayDeclare(prefix, uri)) return undefined;
    scope.set(prefix, uri);
  }
  return scope.size <= MAX_PREFIXES && arePlain(last, scope) ? scope : undefined;
}

/** Only the default namespace can be taken back. */
function mayDeclare(prefix: string, uri: string): boolean {
  return !RESERVED.has(prefix) && !RESERVED.has(uri) && (uri !== '' || prefix === '');
}

/** Prefixes are declared, and no local name has two of them: they might stand for one namespace. */
function arePlain(last: Attribute | undefined, scope: Scope): boolean {
  const seen = new Set<string>();
  for (let attribute = last; attribute !== undefined; attribute = attribute.before) {
    const { name } = attribute;
    const colon = name.indexOf(':');
    if (colon === -1 || declares(name)) continue;
    const local = name.slice(colon);
    if (seen.has(local) || !scope.has(name.slice(0, colon))) return false;
    seen.add(local);
  }
  return true;
}
