const PREDEFINED = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const COMMENT = /<!--[\s\S]*?-->/g;
const DECLARATION = /<!ENTITY\s+([^\s%"'<>]+)\s+(?:"([^"]*)"|'([^']*)')\s*>/g;
const REFERENCE = /&(#x?[0-9a-fA-F]+|[^\s&;<]+);/g;

/** More than a real document needs. Stops entities that refer to themselves. */
const MAX_NESTING = 16;

export interface EntityLimits {
  /** Maximum number of characters and references, in total, that the declared entities may expand to. */
  readonly budget: number;
  /** Throws the error for an entity that was used; `problem` is the predicate of its message. */
  readonly fail: (problem: string) => never;
}

/**
 * Returns the predefined entities and those that a document type declares, by name. External entities are never loaded.
 * A declared entity is expanded when it is used, so unused ones cost nothing.
 */
export function xmlEntities(
  doctype: string,
  { budget, fail }: EntityLimits,
): Record<string, string> {
  const expansion = { declared: declaredEntities(doctype), left: budget, fail };
  // Without a prototype, because '&constructor;' is not an entity.
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
    // The first declaration is binding: https://www.w3.org/TR/xml/#sec-entity-decl
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
  // A reference counts as one character, because nested empty entities take time too.
  expansion.left -= 1 + value.length;
  if (expansion.left < 0 || depth > MAX_NESTING) {
    return expansion.fail(`uses the entity '&${name};', whose expansion is too large`);
  }
  if (value.includes('<'))
    return expansion.fail(`uses the entity '&${name};', which contains markup`);
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
