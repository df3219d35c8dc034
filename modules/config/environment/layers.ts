import type { PlainScalar } from '../yaml/plain-scalars.js';
import type { YamlDocument } from '../yaml/document.js';
import type { Position } from '../yaml/syntax.js';
import type { Tags } from '../values/tags.js';

/** Keys of a config, as one file gives them: a config.yaml, or a part of an environment. */
export interface Layer {
  /** The path of the file, as users read it. */
  readonly file: string;
  readonly document: YamlDocument;
}

type Path = readonly PropertyKey[];
type Values = Readonly<Record<string, unknown>>;

/** The key whose entries are merged one by one. The value of any other key replaces the earlier one as a whole. */
const MERGED = 'tags';

/** The tags of a file for all pipelines. Other values than text are left out: they are problems of the file. */
export function tagsIn(document: YamlDocument | undefined): Tags {
  const tags = Object.entries(valuesOf(valuesOf(document?.value)[MERGED]));
  return Object.fromEntries(
    tags.filter((tag): tag is [string, string] => typeof tag[1] === 'string'),
  );
}

/** Returns the mapping at `path` of a document as a document of its own, with some of its keys left out. */
export function partOf(
  document: YamlDocument,
  path: Path,
  isLeftOut: (key: string) => boolean = () => false,
): YamlDocument {
  const whole = path.reduce<unknown>((value, key) => valuesOf(value)[String(key)], document.value);
  const value = Object.fromEntries(
    Object.entries(valuesOf(whole)).filter(([key]) => !isLeftOut(key)),
  );
  const inside = (below: Path): Path | undefined =>
    below.length > 0 && !Object.hasOwn(value, String(below[0])) ? undefined : [...path, ...below];
  const ask =
    <T>(question: (path: Path) => T, none: T) =>
    (below: Path): T => {
      const at = inside(below);
      return at === undefined ? none : question(at);
    };
  return {
    value,
    positionOf: ask(document.positionOf, undefined),
    keyPositionOf: ask(document.keyPositionOf, undefined),
    sourceOf: ask(document.sourceOf, undefined),
    plainScalarsOf: ask(document.plainScalarsOf, []),
  };
}

/**
 * Returns layers as one document: a later layer takes precedence. Tags are merged, by their keys without regard to
 * case, as AWS compares them. Positions name their files.
 */
export function mergeLayers(layers: readonly Layer[]): YamlDocument {
  const value = layers.reduce<Values>(
    (merged, { document }) => withValues(merged, valuesOf(document.value)),
    {},
  );
  const within = <T>(path: Path, question: (layer: Layer) => T): T | undefined => {
    const layer = layerOf(layers, path);
    return layer === undefined ? undefined : question(layer);
  };
  const placed =
    (name: 'positionOf' | 'keyPositionOf') =>
    (path: Path): Position | undefined =>
      within(path, ({ file, document }) => {
        const position = document[name](path);
        return position && { file, ...position };
      });
  return {
    value,
    positionOf: placed('positionOf'),
    keyPositionOf: placed('keyPositionOf'),
    sourceOf: (path) => within(path, ({ document }) => document.sourceOf(path)),
    plainScalarsOf: (path) => within(path, (layer) => scalarsOf(layer, path)) ?? [],
  };
}

function scalarsOf({ file, document }: Layer, path: Path): readonly (PlainScalar & Position)[] {
  return document.plainScalarsOf(path).map((scalar) => ({ file, ...scalar }));
}

function withValues(before: Values, after: Values): Values {
  const [old, fresh] = [before[MERGED], after[MERGED]];
  const tags = isMapping(old) && isMapping(fresh) ? { [MERGED]: mergedTags(old, fresh) } : {};
  return { ...before, ...after, ...tags };
}

function mergedTags(before: Values, after: Values): Values {
  const given = new Set(Object.keys(after).map(lowerCase));
  const kept = Object.entries(before).filter(([tag]) => !given.has(lowerCase(tag)));
  return { ...Object.fromEntries(kept), ...after };
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}

/** The layer that the value at `path` comes from. */
function layerOf(layers: readonly Layer[], path: Path): Layer | undefined {
  const [key, entry] = path.map(String);
  if (key === undefined) return layers[0];
  const having = layers.filter(({ document }) => Object.hasOwn(valuesOf(document.value), key));
  const ofEntry = having.findLast(({ document }) => {
    const entries = valuesOf(valuesOf(document.value)[key]);
    return key === MERGED && entry !== undefined && Object.hasOwn(entries, entry);
  });
  return ofEntry ?? having.at(-1);
}

/** The entries of a mapping; none if the value is something else. */
export function valuesOf(value: unknown): Values {
  return isMapping(value) ? value : {};
}

export function isMapping(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
