import { visit } from 'yaml';
import type { Node } from 'yaml';

/** A scalar without quotes, as written and as YAML reads it. */
export interface PlainScalar {
  readonly offset: number;
  readonly source: string;
  readonly value: unknown;
  /** Whether it is a key of a mapping, one of its values, or an element of a list. */
  readonly place: 'key' | 'value' | 'element';
}

/** Returns the keys and values without quotes in a list or mapping, at any depth. */
export function plainScalarsIn(node: Node | undefined): readonly PlainScalar[] {
  const found: PlainScalar[] = [];
  if (node === undefined) return found;
  visit(node, {
    Scalar(key, { type, source, value, range }) {
      if (type !== 'PLAIN' || source === undefined) return;
      const place = key === 'key' ? 'key' : typeof key === 'number' ? 'element' : 'value';
      found.push({ offset: range?.[0] ?? 0, source, value, place });
    },
  });
  return found;
}
