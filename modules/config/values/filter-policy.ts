import { FieldError } from './error.js';

/** @see https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
const MAX_KEYS = 5;

export type FilterPolicy = Readonly<Record<string, unknown>>;

/** Checks a filter policy: it maps names to lists of accepted values, or to further such mappings. Throws FieldError. */
export function parseFilterPolicy(policy: FilterPolicy): FilterPolicy {
  const keys = checkLevel(policy, []);
  if (keys > MAX_KEYS) throw new FieldError(`may have at most ${MAX_KEYS} names, not ${keys}`);
  return policy;
}

/** Returns the number of names that have a list. */
function checkLevel(level: FilterPolicy, path: readonly string[]): number {
  const entries = Object.entries(level);
  if (entries.length === 0) throw new FieldError(`${where(path)}must not be empty`);
  return entries.map(([name, value]) => checkEntry(value, [...path, name])).reduce((a, b) => a + b);
}

function checkEntry(value: unknown, path: readonly string[]): number {
  if (isObject(value)) return checkLevel(value, path);
  if (!Array.isArray(value) || value.length === 0) {
    throw new FieldError(
      `${where(path)}must be a list of accepted values, or a mapping of names to such lists`,
    );
  }
  if (path.at(-1) === '$or')
    return value.map((branch) => checkBranch(branch, path)).reduce((a, b) => a + b);
  if (!value.every(isMatcher)) {
    throw new FieldError(
      `${where(path)}must contain only text, finite numbers, true, false, null or mappings`,
    );
  }
  return 1;
}

function checkBranch(branch: unknown, path: readonly string[]): number {
  if (isObject(branch)) return checkLevel(branch, path);
  throw new FieldError(`${where(path)}must contain only mappings`);
}

function isMatcher(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return (
    value === null || typeof value === 'string' || typeof value === 'boolean' || isObject(value)
  );
}

function isObject(value: unknown): value is FilterPolicy {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function where(path: readonly string[]): string {
  return path.length === 0 ? '' : `at ${path.join('.')}: `;
}
