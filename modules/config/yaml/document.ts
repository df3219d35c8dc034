import {
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import type { Document, Pair } from 'yaml';
import { decodeYaml } from './bytes.js';
import { START, syntaxProblem } from './syntax.js';
import type { Position, YamlProblem } from './syntax.js';
import { plainScalarsIn } from './plain-scalars.js';
import type { PlainScalar } from './plain-scalars.js';

type Path = readonly PropertyKey[];

/** A mapping of plain values, with the position of each of them in its file. */
export interface YamlDocument {
  readonly value: unknown;
  /** Returns the position of the value at `path`; undefined when there is none. */
  readonly positionOf: (path: Path) => Position | undefined;
  /** Returns the position of the key at the end of `path`; undefined when there is none. */
  readonly keyPositionOf: (path: Path) => Position | undefined;
  /** Returns the value at `path` as written, without quotes; undefined when it is missing, a list or a mapping. */
  readonly sourceOf: (path: Path) => string | undefined;
  /** Returns the scalars without quotes below `path`, which YAML may read as something else than text. */
  readonly plainScalarsOf: (path: Path) => readonly (PlainScalar & Position)[];
}

export interface ParsedYaml {
  /** Missing when the file cannot be parsed. */
  readonly document?: YamlDocument;
  readonly problems: readonly YamlProblem[];
}

const EMPTY_CONFIG = 'is empty: add the keys of the pipeline, starting with id';

/**
 * Parses one YAML 1.2 document with the core schema: without merge keys, aliases, tags and dates.
 *
 * @param empty what is wrong with a file without keys
 */
export function parseYaml(bytes: Uint8Array, empty = EMPTY_CONFIG): ParsedYaml {
  const source = decodeYaml(bytes);
  if (typeof source !== 'string') return { problems: [source] };
  const lines = new LineCounter();
  const document = parseDocument(source, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  });
  const at = (offset: number): Position => ({
    line: lines.linePos(offset).line,
    column: lines.linePos(offset).col,
  });
  return unreadable(document, { source, at, empty }) ?? readable(document, at);
}

type PositionAt = (offset: number) => Position;

interface Source {
  readonly source: string;
  readonly at: PositionAt;
  readonly empty: string;
}

function unreadable(document: Document, { source, at, empty }: Source): ParsedYaml | undefined {
  const faults = [...document.errors, ...document.warnings];
  // removeBadKeys reports duplicate keys by name; of the other faults, all but the first are consequences.
  const fault = faults.find(({ code }) => code !== 'DUPLICATE_KEY');
  if (fault !== undefined) return { problems: [syntaxProblem(fault, source, at(fault.pos[0]))] };
  const message = shapeFault(document, empty);
  if (message !== undefined) return { problems: [{ ...START, field: '', message }] };
  const alias = firstAlias(document);
  if (alias === undefined) return undefined;
  const { name, offset } = alias;
  const advice = `uses the alias *${name}; aliases are not supported: repeat the value`;
  return { problems: [{ ...at(offset), field: '', message: advice }] };
}

function shapeFault({ contents }: Document, empty: string): string | undefined {
  if (isMap(contents)) return undefined;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    return empty;
  }
  return `must be lines of "key: value", not ${isCollection(contents) ? 'a list' : 'a single value'}`;
}

function firstAlias(document: Document): { name: string; offset: number } | undefined {
  let found: { name: string; offset: number } | undefined;
  visit(document, {
    Alias(_, { source, range }) {
      found = { name: source, offset: range?.[0] ?? 0 };
      return visit.BREAK;
    },
  });
  return found;
}

function readable(document: Document, at: PositionAt): ParsedYaml {
  const problems = removeBadKeys(document.contents, []).map(({ offset, ...problem }) => ({
    ...at(offset),
    ...problem,
  }));
  return { document: yamlDocument(document, at), problems };
}

function yamlDocument(document: Document, at: PositionAt): YamlDocument {
  const nodeAt = (path: Path) => {
    const node = document.getIn(path, true);
    return isNode(node) ? node : undefined;
  };
  return {
    value: document.toJS(),
    positionOf: (path) => {
      const offset = nodeAt(path)?.range?.[0];
      return offset === undefined ? undefined : at(offset);
    },
    keyPositionOf: (path) => {
      const parent = nodeAt(path.slice(0, -1));
      const pair = isMap(parent)
        ? parent.items.find(({ key }) => keyOf(key) === path.at(-1))
        : undefined;
      return isNode(pair?.key) && pair.key.range ? at(pair.key.range[0]) : undefined;
    },
    sourceOf: (path) => {
      const node = nodeAt(path);
      return isScalar(node) && node.value !== null ? node.source : undefined;
    },
    plainScalarsOf: (path) =>
      plainScalarsIn(nodeAt(path)).map((scalar) => ({ ...scalar, ...at(scalar.offset) })),
  };
}

interface KeyProblem {
  /** The offset of the key in the source, in UTF-16 units. */
  readonly offset: number;
  readonly field: string;
  readonly message: string;
}

/** These keys would reach the prototype of an object. */
const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The key of a mapping if it is text. */
function keyOf(key: unknown): string | undefined {
  return isScalar(key) && typeof key.value === 'string' ? key.value : undefined;
}

/** Removes every key that a config cannot have from the mappings under `node`, and returns a problem for each. */
function removeBadKeys(node: unknown, path: readonly string[]): readonly KeyProblem[] {
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
  if (name === undefined) return 'is a key that is not text: put it in quotes';
  if (name === '<<') return 'is a merge key; merge keys are not supported: repeat the values';
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
