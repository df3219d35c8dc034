import { isDeepStrictEqual } from 'node:util';
import { cut, printable } from '../shared/table.js';
import type { Fields, ResourceChange } from './json.js';

/** An argument that changes. Its values are shortened, and secret ones are hidden. */
export interface ArgumentChange {
  /** Path such as `environment.variables.PIPELINE`, without the index of a list that has one element. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

interface Values {
  readonly path: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
  readonly unknown: unknown;
  /** Marks of secret values before and after, in the shape of the values. */
  readonly hidden: readonly [unknown, unknown];
}

const UNKNOWN = '(known after apply)';
const SENSITIVE = '(sensitive)';
const MOST_CHARACTERS = 60;

/**
 * The arguments that change in a resource. Of those that are not `configured`, only known changes count, because every
 * update makes some computed attributes unknown.
 */
export function argumentChanges(
  { change }: ResourceChange,
  configured: readonly string[],
): ArgumentChange[] {
  const { before, after, after_unknown: unknown } = change;
  if (!before || !after) return [];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after), ...configured])].sort();
  const hidden = [change.before_sensitive, change.after_sensitive] as const;
  const whole: Values = { path: [], before, after, unknown, hidden };
  return keys
    .filter((key) => inside(unknown, key) !== true || configured.includes(key))
    .flatMap((key) => changesIn(step(whole, key)));
}

function changesIn(values: Values): ArgumentChange[] {
  const { before, after, unknown, hidden } = values;
  const isLeaf = unknown === true || hidden.includes(true) || !isNested(before) || !isNested(after);
  if (isLeaf) {
    const same = unknown !== true && isDeepStrictEqual(before ?? null, after ?? null);
    return same ? [] : [shown(values)];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after), ...keysOf(unknown)]);
  return [...keys].flatMap((key) => changesIn(step(values, key)));
}

function step({ path, before, after, unknown, hidden }: Values, key: string): Values {
  const index =
    Array.isArray(before) && Array.isArray(after) && before.length < 2 && after.length < 2;
  return {
    path: index ? path : [...path, key],
    before: inside(before, key),
    after: inside(after, key),
    unknown: inside(unknown, key),
    hidden: [insideMark(hidden[0], key), insideMark(hidden[1], key)],
  };
}

function shown({ path, before, after, unknown, hidden }: Values): ArgumentChange {
  return {
    path: path.join('.'),
    before: hidden[0] === true ? SENSITIVE : valueText(before),
    after: hidden[1] === true ? SENSITIVE : unknown === true ? UNKNOWN : valueText(after),
  };
}

function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // The start of a JSON document is not informative; the full plan shows its changes.
  if (text.length > MOST_CHARACTERS && /^[[{]/.test(text))
    return text.startsWith('{') ? '{...}' : '[...]';
  return cut(printable(text), MOST_CHARACTERS);
}

function isNested(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function keysOf(value: unknown): string[] {
  return isNested(value) ? Object.keys(value) : [];
}

function inside(value: unknown, key: string): unknown {
  return isNested(value) ? value[key] : undefined;
}

/** If a value is secret as a whole, each of its parts is. */
function insideMark(mark: unknown, key: string): unknown {
  return mark === true ? true : inside(mark, key);
}
