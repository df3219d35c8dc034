import { FieldError } from './error.js';
import type { FieldFault } from './error.js';
import { FILTER_OPERATORS, numberFault, operatorFaults } from './filter-operators.js';

/** @see https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
const MAX_KEYS = 5;
const MAX_COMBINATIONS = 150;
const MAX_BYTES = 256 * 1024;

export type FilterPolicy = Readonly<Record<string, unknown>>;

type Path = readonly PropertyKey[];

/**
 * Checks a filter policy: it maps names to lists of accepted values, or to further such mappings. Throws FieldError with
 * every fault.
 */
export function parseFilterPolicy(policy: FilterPolicy): FilterPolicy {
  const faults = [...levelFaults(policy, []), ...limitFaults(policy)];
  if (faults.length > 0) throw new FieldError(faults);
  return policy;
}

/** The paths of the names that have names below them, which a policy for message attributes cannot have. */
export function nestedNames(policy: FilterPolicy): readonly Path[] {
  return entriesOf(policy, []).flatMap(([path, value]) => (isObject(value) ? [path] : []));
}

function levelFaults(level: FilterPolicy, path: Path): readonly FieldFault[] {
  const entries = Object.entries(level);
  if (entries.length === 0) return [{ path, message: `${where(path)}must not be empty` }];
  return entries.flatMap(([name, value]) => entryFaults(value, [...path, name]));
}

function entryFaults(value: unknown, path: Path): readonly FieldFault[] {
  if (isObject(value)) return levelFaults(value, path);
  if (!Array.isArray(value) || value.length === 0) {
    return [{ path, message: `${where(path)}${noList(value, path)}` }];
  }
  if (path.at(-1) === '$or') return branchFaults(value, path);
  return value.flatMap((one: unknown, index) => matcherFaults(one, path, index));
}

function noList(value: unknown, path: Path): string {
  const name = String(path.at(-1));
  const isOperator = FILTER_OPERATORS.includes(name) && !isObject(value);
  return isOperator && path.length > 1
    ? `must be a list of accepted values; the operator ${name} is written [{ ${name}: ... }]`
    : 'must be a list of accepted values, or a mapping of names to such lists';
}

function branchFaults(branches: readonly unknown[], path: Path): readonly FieldFault[] {
  if (!branches.every(isObject)) {
    return [{ path, message: `${where(path)}must contain only mappings` }];
  }
  // SNS takes an $or of one mapping for the name of a property.
  if (branches.length < 2) {
    return [{ path, message: `${where(path)}must contain at least two mappings` }];
  }
  return branches.flatMap((branch, index) => levelFaults(branch, [...path, index]));
}

function matcherFaults(value: unknown, path: Path, index: number): readonly FieldFault[] {
  const at = [...path, index];
  const found = isObject(value) ? operatorFaults(value, at) : valueFaults(value, at);
  return found.map((fault) => ({ path: fault.path, message: `${where(path)}${fault.message}` }));
}

function valueFaults(value: unknown, path: Path): readonly FieldFault[] {
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  const message = isNumber ? numberFault(value) : kindFault(value);
  return message === undefined ? [] : [{ path, message }];
}

function kindFault(value: unknown): string | undefined {
  return value === null || typeof value === 'string' || typeof value === 'boolean'
    ? undefined
    : 'must contain only text, finite numbers, true, false, null or mappings';
}

function limitFaults(policy: FilterPolicy): readonly FieldFault[] {
  const keys = keysOf(policy);
  const combinations = combinationsOf(policy, 1);
  const bytes = Buffer.byteLength(JSON.stringify(policy));
  const messages = [
    keys > MAX_KEYS ? `may have at most ${MAX_KEYS} names, not ${keys}` : undefined,
    combinations > MAX_COMBINATIONS
      ? `may have at most ${MAX_COMBINATIONS} combinations of values, not ${combinations}: ` +
        'SNS multiplies the number of values of each name, times its depth'
      : undefined,
    bytes > MAX_BYTES ? `may have at most ${MAX_BYTES} bytes as JSON, not ${bytes}` : undefined,
  ];
  return messages.flatMap((message) => (message === undefined ? [] : [{ path: [], message }]));
}

/** The number of combinations as SNS counts it; the branches of $or are added. */
function combinationsOf(level: FilterPolicy, depth: number): number {
  return Object.entries(level)
    .map(([name, value]) => {
      if (isObject(value)) return combinationsOf(value, depth + 1);
      if (!Array.isArray(value)) return 1;
      if (name !== '$or') return Math.max(1, value.length) * depth;
      return sum(value.filter(isObject).map((branch) => combinationsOf(branch, depth))) || 1;
    })
    .reduce((product, factor) => product * factor, 1);
}

/** The number of names that have no names below them. */
function keysOf(level: FilterPolicy): number {
  return sum(entriesOf(level, []).map(([, value]) => (isObject(value) ? keysOf(value) : 1)));
}

/** The names of a level with their values; those of the branches of $or belong to the level that has the $or. */
function entriesOf(level: FilterPolicy, path: Path): readonly (readonly [Path, unknown])[] {
  return Object.entries(level).flatMap(([name, value]) => {
    const at = [...path, name];
    if (name !== '$or' || !Array.isArray(value)) return [[at, value] as const];
    return value.flatMap((branch: unknown, index) =>
      isObject(branch) ? entriesOf(branch, [...at, index]) : [],
    );
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function isObject(value: unknown): value is FilterPolicy {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The names on a path, without the indexes of lists: the line and column say which element. */
function where(path: Path): string {
  const names = path.filter((part) => typeof part === 'string');
  return names.length === 0 ? '' : `at ${names.join('.')}: `;
}
