import { visit } from 'yaml';
import type { Node } from 'yaml';

/** A scalar without quotes, as written and as YAML reads it. */
export interface PlainScalar {
  readonly offset: number;
  readonly source: string;
  readonly value: unknown;
}

/** Returns the values without quotes in a list or mapping, at any depth, without the keys of mappings. */
export function plainScalarsIn(node: Node | undefined): readonly PlainScalar[] {
  const found: PlainScalar[] = [];
  if (node === undefined) return found;
  visit(node, {
    Scalar(key, { type, source, value, range }) {
      if (key === 'key' || type !== 'PLAIN' || source === undefined) return;
      found.push({ offset: range?.[0] ?? 0, source, value });
    },
  });
  return found;
}
