import { isCollection, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Document } from 'yaml';
import { decodeYaml } from './bytes.js';
import { keyOf, removeBadKeys } from './yaml-keys.js';
import { START, syntaxProblem } from './syntax.js';
import type { Position, YamlProblem } from './syntax.js';

type Path = readonly PropertyKey[];

/** A mapping of plain values that knows where each of them stands in its file. */
export interface YamlDocument {
  readonly value: unknown;
  /** Of the value at `path`; undefined when there is none. */
  readonly positionOf: (path: Path) => Position | undefined;
  /** Of the key at the end of `path`; undefined when there is none. */
  readonly keyPositionOf: (path: Path) => Position | undefined;
  /** The value without its quotes; undefined when there is none, or a list or a mapping. */
  readonly sourceOf: (path: Path) => string | undefined;
}

export interface ParsedYaml {
  /** Absent when nothing sensible can be said about the values. */
  readonly document?: YamlDocument;
  readonly problems: readonly YamlProblem[];
}

/** Reads one YAML 1.2 document with the core schema: no merge keys, no aliases, no tags, no dates. */
export function parseYaml(bytes: Uint8Array): ParsedYaml {
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
  return unreadable(document, source, at) ?? readable(document, at);
}

type PositionAt = (offset: number) => Position;

function unreadable(document: Document, source: string, at: PositionAt): ParsedYaml | undefined {
  const faults = [...document.errors, ...document.warnings];
  // Keys that are given twice are reported by name elsewhere; of the others all but the first are consequences.
  const fault = faults.find(({ code }) => code !== 'DUPLICATE_KEY');
  if (fault !== undefined) return { problems: [syntaxProblem(fault, source, at(fault.pos[0]))] };
  const message = shapeFault(document);
  if (message !== undefined) return { problems: [{ ...START, field: '', message }] };
  const alias = firstAlias(document);
  if (alias === undefined) return undefined;
  const { name, offset } = alias;
  const advice = `uses the alias *${name}, and aliases are not supported: write the value out`;
  return { problems: [{ ...at(offset), field: '', message: advice }] };
}

function shapeFault({ contents }: Document): string | undefined {
  if (isMap(contents)) return undefined;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    return 'is empty: write the keys of the pipeline, beginning with id';
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
  };
}
