import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

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
  const real = existsSync(packages) ? realpathSync(packages) : packages;
  return new Map(
    files.map(({ path, contents }) => [
      pathFrom(join(root, folder), path),
      path.endsWith('.map') && real !== packages
        ? withSourcesIn(packages, real, { path, contents })
        : contents,
    ]),
  );
}

/**
 * Names packages by node_modules in the project, even where that is a link: esbuild follows it, and the place of the
 * real folder would make other bytes of the same code.
 */
function withSourcesIn(packages: string, real: string, { path, contents }: BuiltFile): Uint8Array {
  const start = (folder: string): string => `"${pathFrom(dirname(path), folder)}/`;
  return Buffer.from(Buffer.from(contents).toString().replaceAll(start(real), start(packages)));
}

function pathFrom(folder: string, path: string): string {
  return relative(folder, path).replaceAll(sep, '/');
}
