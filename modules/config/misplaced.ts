import { CONFIG_FIELDS, CONFIG_KEYS } from './fields.js';
import type { YamlDocument } from './yaml/document.js';
import type { YamlProblem } from './yaml/syntax.js';

/** The keys whose values are mappings with names of the author's own. */
const MAPPINGS: ReadonlySet<string> = new Set(['tags', 'sns_filter_policy', 'python_arguments']);

type Values = Readonly<Record<string, unknown>>;
type Path = readonly PropertyKey[];

export interface Misplaced {
  readonly problems: readonly YamlProblem[];
  /** The keys at the left with such keys below them, and the keys themselves: other problems of them are consequences. */
  readonly fields: ReadonlySet<string>;
}

interface Found {
  readonly key: string;
  readonly path: Path;
}

/** Finds keys of config.yaml that stand below another key, at any depth, because they are indented. */
export function misplacedKeys(document: YamlDocument): Misplaced {
  const top = tryValues(document.value) ?? {};
  const found = keysBelow(top).filter((one) => isMisplaced(one, { document, top }));
  return {
    problems: found.flatMap(({ key, path }) => {
      const position = document.keyPositionOf(path);
      const message = `stands under ${parentOf(path)}: move it to the left`;
      return position === undefined ? [] : [{ ...position, field: key, message }];
    }),
    fields: new Set(found.flatMap(({ key, path }) => [key, ...ancestorOf(path)])),
  };
}

/** The keys of config.yaml at any depth below the keys at the left, in their order. */
function keysBelow(top: Values): readonly Found[] {
  return Object.entries(top).flatMap(([name, value]) => keysIn(value, [name]));
}

function keysIn(value: unknown, path: Path): readonly Found[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => keysIn(one, [...path, index]));
  return Object.entries(tryValues(value) ?? {}).flatMap(([key, below]) => {
    const here = { key, path: [...path, key] };
    const isKey = CONFIG_KEYS.some((known) => known === key);
    return [...(isKey ? [here] : []), ...keysIn(below, here.path)];
  });
}

interface Config {
  readonly document: YamlDocument;
  readonly top: Values;
}

/**
 * In tags, in a filter policy and in arguments, only a key that cannot be meant as a tag or a name: `source` or `region` may well be one.
 */
function isMisplaced({ key, path }: Found, { document, top }: Config): boolean {
  if (Object.hasOwn(top, key)) return false;
  const [mapping] = path;
  if (typeof mapping !== 'string' || !MAPPINGS.has(mapping)) return true;
  return key.includes('_') || isRequired(key) || !fits(valueAt(document, path), mapping);
}

function valueAt(document: YamlDocument, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part],
    document.value,
  );
}

function isRequired(key: string): boolean {
  const required = Object.entries(CONFIG_FIELDS).filter(([, field]) => 'required' in field);
  return required.some(([name]) => name === key);
}

function fits(value: unknown, mapping: string): boolean {
  if (mapping === 'python_arguments') return true;
  return mapping === 'tags' ? typeof value === 'string' : typeof value === 'object';
}

function parentOf(path: Path): string {
  return path
    .slice(0, -1)
    .filter((part) => typeof part === 'string')
    .join('.');
}

/** The key at the left above a path, unless it is unknown: that is a problem of its own. */
function ancestorOf([name]: Path): readonly string[] {
  return CONFIG_KEYS.filter((key) => key === name);
}

function tryValues(value: unknown): Values | undefined {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMapping ? (value as Values) : undefined;
}
