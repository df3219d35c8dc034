import en from 'zod/v4/locales/en.js';
import * as z from 'zod/mini';

// zod/mini has no messages unless a locale is set.
z.config(en());

const VALUE_CHARACTERS = 60;

/**
 * Checks `value` against `schema` and returns every fault as `path: problem (given value)`; none if it is valid.
 *
 * @example
 * schemaFaults(z.object({ id: z.string() }), { id: 7 }); // ['id: expected string, received number (given 7)']
 * schemaFaults(z.object({ id: z.string() }), {}); // ['id: is missing (expected string, received undefined)']
 */
export function schemaFaults(schema: z.ZodMiniType, value: unknown): string[] {
  const result = schema.safeParse(value);
  return result.success ? [] : describeIssues(result.error.issues, value);
}

function describeIssues(issues: readonly z.core.$ZodIssue[], value: unknown): string[] {
  return issues.map(({ path, message }) => {
    const given = path.reduce(valueAt, value);
    const where = path.length > 0 ? `${path.join('.')}: ` : '';
    const text = message.replace(/^Invalid input: /, '');
    return given === undefined
      ? `${where}is missing (${text})`
      : `${where}${text} (given ${show(given)})`;
  });
}

function valueAt(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}

function show(value: unknown): string {
  const text = typeof value === 'function' ? 'a function' : JSON.stringify(value);
  return text.length <= VALUE_CHARACTERS ? text : `${text.slice(0, VALUE_CHARACTERS)}...`;
}
