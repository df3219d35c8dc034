import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

interface BuiltFile {
  /** Absolute. */
  readonly path: string;
  readonly contents: Uint8Array;
}

/** Contents by path below the output folder, as `pipelines/sentinel1/app.mjs`. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** What esbuild gave, by path below `folder` of the project at `root`. */
export function builtFiles(
  files: readonly BuiltFile[],
  { root, folder }: { readonly root: string; readonly folder: string },
): Files {
  const packages = join(root, 'node_modules');
  const home = existsSync(packages) ? dirname(realpathSync(packages)) : root;
  const contentOf = (file: BuiltFile): Uint8Array =>
    file.path.endsWith('.map') && home !== root ? sourcesAt(root, home, file) : file.contents;
  return new Map(files.map((file) => [pathFrom(join(root, folder), file.path), contentOf(file)]));
}

const SOURCES = /^ *"sources": \[.*\],?$/m;

/**
 * A source map that names packages as if they were in the project: where node_modules is a link esbuild follows it,
 * and the place of the real folder, whose parent is `home`, would make other bytes of the same code.
 */
function sourcesAt(root: string, home: string, { path, contents }: BuiltFile): Uint8Array {
  const from = dirname(path);
  // Packages name sources beside node_modules, too: those of their own that they do not ship.
  const moved = (source: string): string => {
    const place = resolve(from, source);
    const isOutside = !isBelow(root, place) && isBelow(home, place);
    return isOutside ? pathFrom(from, join(root, relative(home, place))) : source;
  };
  const text = Buffer.from(contents).toString();
  const map = text.replace(SOURCES, (line) =>
    line.replace(/"(\.\.\/[^"]*)"/g, (_, source: string) => `"${moved(source)}"`),
  );
  return Buffer.from(map);
}

function isBelow(folder: string, path: string): boolean {
  return path.startsWith(folder + sep);
}

function pathFrom(folder: string, path: string): string {
  return relative(folder, path).replaceAll(sep, '/');
}
