import { isIP } from 'node:net';
import type { FieldFault } from './error.js';
import { suggestion } from './nearest.js';

type Path = readonly PropertyKey[];

/** Returns what is wrong with the value of an operator, or undefined: `must be ...`. */
type Check = (value: unknown) => string | undefined;

/** @see https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html */
const CHECKS: Readonly<Record<string, Check>> = {
  prefix: text,
  suffix: text,
  'equals-ignore-case': text,
  wildcard,
  cidr,
  numeric,
  exists: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  'anything-but': anythingBut,
};

export const FILTER_OPERATORS: readonly string[] = Object.keys(CHECKS);

/** The operators that `anything-but` may negate. */
const NEGATED = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'];

/** @see https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
const MAX_NUMBER = 1e9;

const MAX_SHOWN = 64;

const COMPARISONS = ['=', '<', '<=', '>', '>='];

/** Returns what is wrong with an accepted value that is a mapping: `{ prefix: S1A }`. `path` leads to it. */
export function operatorFaults(
  matcher: Readonly<Record<string, unknown>>,
  path: Path,
): readonly FieldFault[] {
  const names = Object.keys(matcher);
  const [name] = names;
  if (name === undefined || names.length > 1) {
    const given = name === undefined ? 'none' : names.join(' and ');
    return [{ path, message: `must have one operator in each mapping, not ${given}` }];
  }
  const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
  const message = check ? check(matcher[name]) : unknownOperator(name);
  if (message === undefined) return [];
  return [{ path: [...path, name], message: check ? `${name} ${message}` : message }];
}

/** Returns what is wrong with a number, or undefined. */
export function numberFault(value: number): string | undefined {
  return Math.abs(value) <= MAX_NUMBER
    ? undefined
    : `must contain only numbers from ${-MAX_NUMBER} to ${MAX_NUMBER}, not ${value}`;
}

function unknownOperator(name: string): string {
  return `${shown(name)} is not an operator of SNS filter policies${nearestOf(name, FILTER_OPERATORS)}`;
}

function shown(name: string): string {
  return name === '' ? '""' : name.slice(0, MAX_SHOWN);
}

function nearestOf(name: string, operators: readonly string[]): string {
  const nearest = suggestion(name.slice(0, MAX_SHOWN), operators);
  return nearest === '' ? ` (known: ${operators.join(', ')})` : nearest;
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string') return undefined;
  return typeof value === 'object' ? 'must be text' : 'must be text: put it in quotes';
}

function wildcard(value: unknown): string | undefined {
  if (typeof value !== 'string') return text(value);
  return value.includes('**') ? 'must not have two * in a row' : undefined;
}

function cidr(value: unknown): string | undefined {
  const [address = '', bits = '', ...more] = typeof value === 'string' ? value.split('/') : [];
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const isRange = more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
  return isRange ? undefined : 'must be a range of IP addresses such as 10.0.0.0/24';
}

function numeric(value: unknown): string | undefined {
  const parts = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const [first, low, second, high] = parts;
  if (![2, 4].includes(parts.length) || !isComparison(first, low)) return NUMERIC_FORM;
  if (parts.length === 2) return undefined;
  if (!isComparison(second, high) || !isRange(first, second)) return NUMERIC_FORM;
  return Number(low) < Number(high) ? undefined : 'must be a range that is not empty';
}

const NUMERIC_FORM = `must be a comparison such as [">", 0] or [">=", 0, "<", 100], with numbers from ${-MAX_NUMBER} to ${MAX_NUMBER}`;

function isComparison(operator: unknown, number: unknown): boolean {
  const isNumber = typeof number === 'number' && Math.abs(number) <= MAX_NUMBER;
  return COMPARISONS.some((known) => known === operator) && isNumber;
}

function isRange(lower: unknown, upper: unknown): boolean {
  return String(lower).startsWith('>') && String(upper).startsWith('<');
}

function anythingBut(value: unknown): string | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return negatedFault(value as Readonly<Record<string, unknown>>);
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const kinds = new Set(values.map((one) => typeof one));
  const [kind] = kinds;
  return kinds.size === 1 && (kind === 'string' || kind === 'number')
    ? undefined
    : 'must be text, a number, a list of texts or of numbers, or a mapping such as { prefix: S1A }';
}

function negatedFault(matcher: Readonly<Record<string, unknown>>): string | undefined {
  const [name, ...others] = Object.keys(matcher);
  if (name === undefined || others.length > 0) return 'must have one operator in its mapping';
  if (!NEGATED.includes(name)) {
    return `cannot contain the operator ${shown(name)}${nearestOf(name, NEGATED)}`;
  }
  const value = matcher[name];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const check = CHECKS[name] ?? text;
  const fault = values.map(check).find((message) => message !== undefined);
  if (fault !== undefined) return `${name} ${fault}`;
  return values.length === 0 ? `${name} must not be empty` : undefined;
}
