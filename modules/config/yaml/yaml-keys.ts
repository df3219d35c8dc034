import { isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Pair } from 'yaml';

export interface KeyProblem {
  /** Of the key in the source, in UTF-16 units. */
  readonly offset: number;
  readonly field: string;
  readonly message: string;
}

/** As keys of an object these reach its prototype. */
const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** A mapping's key when it is text. */
export function keyOf(key: unknown): string | undefined {
  return isScalar(key) && typeof key.value === 'string' ? key.value : undefined;
}

/** Takes every key that no config can have out of the mappings under `node`, and tells which. */
export function removeBadKeys(node: unknown, path: readonly string[]): readonly KeyProblem[] {
  if (isSeq(node)) {
    return node.items.flatMap((item, index) => removeBadKeys(item, [...path, String(index)]));
  }
  if (!isMap(node)) return [];
  const seen = new Set<string>();
  const problems: KeyProblem[] = [];
  node.items = node.items.filter((pair) => {
    const message = keyFault(pair, seen);
    if (message === undefined) return true;
    problems.push({ offset: offsetOf(pair), field: [...path, written(pair)].join('.'), message });
    return false;
  });
  return [
    ...problems,
    ...node.items.flatMap(({ key, value }) => removeBadKeys(value, [...path, keyOf(key) ?? ''])),
  ];
}

function keyFault({ key }: Pair, seen: Set<string>): string | undefined {
  const name = keyOf(key);
  if (name === undefined) return 'is a key that is not text: quote it';
  if (name === '<<')
    return 'is a merge key, and merge keys are not supported: write the values out';
  if (PROTOTYPE_KEYS.has(name)) return 'is not allowed as a key';
  if (seen.has(name)) return 'is given twice: keep one of them';
  seen.add(name);
  return undefined;
}

function offsetOf({ key }: Pair): number {
  return isNode(key) ? (key.range?.[0] ?? 0) : 0;
}

function written({ key }: Pair): string {
  return isScalar(key) ? String(key.source ?? key.value) : '?';
}
