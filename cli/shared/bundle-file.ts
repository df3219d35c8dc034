import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** One TypeScript file and all it needs as JavaScript in `folder`, for a process or a thread that has to start fast. */
export async function bundleFile(
  file: string,
  folder: string,
  /** Packages that are not bundled; `folder` is then one from which they are found. */
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
    // What was written for CommonJS asks for modules as it did there.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return outfile;
}
