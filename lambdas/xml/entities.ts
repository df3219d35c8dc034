const PREDEFINED = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const COMMENT = /<!--[\s\S]*?-->/g;
const DECLARATION = /<!ENTITY\s+([^\s%"'<>]+)\s+(?:"([^"]*)"|'([^']*)')\s*>/g;
const REFERENCE = /&(#x?[0-9a-fA-F]+|[^\s&;<]+);/g;

/** Deeper than any document needs, and shallow enough for one that refers to itself. */
const MAX_NESTING = 16;

export interface EntityLimits {
  /** Characters (and references) that the declared entities of a document may become, in all. */
  readonly budget: number;
  /** Throws: `problem` says what is wrong with an entity that was used. */
  readonly fail: (problem: string) => never;
}

/**
 * The entities by name, those that a document type declares included; external ones are never read. What a declared
 * entity becomes is reckoned when it is used, so that one which nobody uses harms nobody.
 */
export function xmlEntities(
  doctype: string,
  { budget, fail }: EntityLimits,
): Record<string, string> {
  const expansion = { declared: declaredEntities(doctype), left: budget, fail };
  // Without a prototype, for '&constructor;' is no entity.
  const entities = Object.assign(Object.create(null) as Record<string, string>, PREDEFINED);
  for (const name of expansion.declared.keys()) {
    if (isPredefined(name)) continue;
    Object.defineProperty(entities, name, { get: () => expand(expansion, name, 0) });
  }
  return entities;
}

function declaredEntities(doctype: string): Map<string, string> {
  const declared = new Map<string, string>();
  for (const [, name = '', double, single] of doctype.replace(COMMENT, '').matchAll(DECLARATION)) {
    // The first declaration binds: https://www.w3.org/TR/xml/#sec-entity-decl
    if (!declared.has(name)) declared.set(name, double ?? single ?? '');
  }
  return declared;
}

interface Expansion {
  readonly declared: ReadonlyMap<string, string>;
  readonly fail: (problem: string) => never;
  left: number;
}

function expand(expansion: Expansion, name: string, depth: number): string {
  const value = expansion.declared.get(name);
  if (value === undefined)
    return expansion.fail(`uses the entity '&${name};', which is not declared`);
  // One for the reference itself: a tower of empty entities takes time too.
  expansion.left -= 1 + value.length;
  if (expansion.left < 0 || depth > MAX_NESTING) {
    return expansion.fail(`uses the entity '&${name};', which becomes too large`);
  }
  if (value.includes('<')) return expansion.fail(`uses the entity '&${name};', which holds markup`);
  return value.replace(REFERENCE, (reference, inner: string) => {
    if (inner.startsWith('#')) return character(inner) ?? reference;
    return isPredefined(inner) ? PREDEFINED[inner] : expand(expansion, inner, depth + 1);
  });
}

function isPredefined(name: string): name is keyof typeof PREDEFINED {
  return Object.hasOwn(PREDEFINED, name);
}

function character(reference: string): string | undefined {
  const code = Number(reference.startsWith('#x') ? `0${reference.slice(1)}` : reference.slice(1));
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
