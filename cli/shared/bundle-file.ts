import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** Bundles a TypeScript file and its imports to JavaScript in `folder`, for a process or thread that must start fast. Returns the path. */
export async function bundleFile(
  file: string,
  folder: string,
  /** Packages to leave out of the bundle; they must be resolvable from `folder`. */
  external: string[] = [],
): Promise<string> {
  const outfile = join(folder, `${basename(file, '.ts')}.mjs`);
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    external,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    // CommonJS packages call require, which does not exist in an ES module.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return outfile;
}
