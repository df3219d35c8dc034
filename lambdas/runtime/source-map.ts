import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload, type SourceMapping } from 'node:module';
import { dirname, resolve } from 'node:path';

/** A place in a file, counted from 1. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Returns the place in the source file of a place in a bundle, or the place itself if the bundle has no map for it. Node
 * does the same with --enable-source-maps, but not for a bundle that tsx transforms, because tsx replaces its map.
 */
export function originalPlace(place: Place): Place {
  const { path, line, column } = place;
  const map = path.endsWith('.mjs') ? mapOf(path) : undefined;
  // For a place that has no source, Node returns an empty object.
  const entry: Partial<SourceMapping> = map?.findEntry(line - 1, column - 1) ?? {};
  const { originalSource, originalLine = 0, originalColumn = 0 } = entry;
  if (originalSource === undefined) return place;
  return {
    path: resolve(dirname(path), originalSource),
    line: originalLine + 1,
    column: originalColumn + 1,
  };
}

const maps = new Map<string, SourceMap | undefined>();

function mapOf(path: string): SourceMap | undefined {
  if (!maps.has(path)) maps.set(path, tryReadMap(`${path}.map`));
  return maps.get(path);
}

function tryReadMap(path: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(path, 'utf8')) as SourceMapPayload);
  } catch {
    // There is no map, or another program wrote something else under its name.
    return undefined;
  }
}
