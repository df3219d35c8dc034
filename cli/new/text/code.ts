/** Returns a literal of a text in TypeScript; prettier chooses its quotes. */
export function literal(text: string): string {
  return JSON.stringify(text);
}

/** Returns a literal of a regular expression. */
export function regexLiteral(pattern: string): string {
  // The property escapes slashes and line breaks where they are not escaped yet.
  return `/${new RegExp(pattern).source}/`;
}

/** Returns a text that can stand within a template literal. */
export function inTemplate(text: string): string {
  return text.replace(/[`\\]|\$\{/g, '\\$&');
}

/** Joins lines, without those that are left out. */
export function lines(...given: readonly (string | false | undefined)[]): string {
  return given.filter((line) => typeof line === 'string').join('\n');
}

/** An import line; empty if no name is imported. */
export function importOf(names: readonly (string | false)[], from: string): string | undefined {
  const kept = names.filter((name) => name !== false);
  return kept.length === 0 ? undefined : `import { ${kept.join(', ')} } from ${literal(from)};`;
}

/** An import line of types. */
export function importTypesOf(names: readonly string[], from: string): string {
  return `import type { ${names.join(', ')} } from ${literal(from)};`;
}
