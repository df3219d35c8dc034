import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Puts a test file and all modules of the project that it imports into one ES module, to be loaded again and again. */
export async function bundleTests(file: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [resolve(file)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    plugins: [testFunctions, ownDirectory, packagesStay],
  });
}

/** Replaces `@jest/globals`, which exists only within Jest. */
const testFunctions: Plugin = {
  name: 'test-functions',
  setup(bundle) {
    const path = join(import.meta.dirname, 'jest-globals.ts');
    bundle.onResolve({ filter: /^@jest\/globals$/ }, () => ({ path }));
  },
};

/** `import.meta.dirname` is the directory of the file, not of the bundle. */
const ownDirectory: Plugin = {
  name: 'own-directory',
  setup(bundle) {
    bundle.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const directory = JSON.stringify(dirname(path));
      const text = await readFile(path, 'utf8');
      return { contents: text.replaceAll('import.meta.dirname', directory), loader: 'ts' };
    });
  },
};

/** Powertools keeps parameters and metrics in its modules, so it is loaded for each test file; other packages are loaded once. */
const packagesStay: Plugin = {
  name: 'packages-stay',
  setup(bundle) {
    bundle.onResolve({ filter: /^[^./]/ }, ({ path }) =>
      path.startsWith('@aws-lambda-powertools/') ? undefined : { path, external: true },
    );
  },
};
