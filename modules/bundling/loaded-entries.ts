import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Plugin } from 'esbuild';
import { z } from 'zod';
import { BundleCache, INSTALLED } from './cache.js';
import { ESBUILD_RECIPE, builtFile, inputsOf, runEsbuild } from './esbuild.js';
import type { EsbuildResult } from './esbuild.js';
import { REQUIRE_BANNER } from './link.js';

const LoadedSchema = z.object({
  entry: z.string(),
  /** Names of the exports; undefined if the entry cannot be loaded here. */
  exports: z.optional(z.array(z.string())),
  /** `typeof` of the export `handler`. */
  handler: z.optional(z.string()),
  /** The id of the Collection that the handler's Items or its Collection have. */
  collectionId: z.optional(z.string()),
  /** Input files of the entry outside of packages, relative to the root. */
  inputs: z.array(z.string()),
});
const LoadedListSchema = z.array(LoadedSchema);

/** What an entry of a pipeline exports. */
export type LoadedEntry = z.infer<typeof LoadedSchema>;

type Found = Omit<LoadedEntry, 'inputs'>;

/**
 * Loads entries in a thread of their own, without the packages of AWS, which take longer than everything else and are
 * not used before a function is invoked. An entry that throws while it loads has no `exports`. What was found is kept
 * in node_modules/.cache until a file changes. Throws BundleError.
 *
 * @param entries paths relative to `root`, as `pipelines/sentinel1/app.ts`
 */
export async function loadEntries(
  entries: readonly string[],
  root: string,
): Promise<readonly LoadedEntry[]> {
  if (entries.length === 0) return [];
  const cache = existsSync(join(root, INSTALLED)) ? new BundleCache(root, RECIPE) : undefined;
  const known = cache?.tryFind(entries.join('\n'));
  if (known) return LoadedListSchema.parse(JSON.parse(Buffer.from(known).toString()));
  const built = await runEsbuild(root, optionsFor(entries, root));
  const found = await runCode(Buffer.from(builtFile(built, SCRIPT, '.mjs')));
  const loaded = entries.map((entry) => withInputs(entry, found, built));
  const inputs = Object.keys(built.metafile.inputs).filter((path) => existsSync(join(root, path)));
  cache?.keep(entries.join('\n'), { zip: Buffer.from(JSON.stringify(loaded)), inputs });
  return loaded;
}

function withInputs(
  entry: string,
  found: ReadonlyMap<string, Found>,
  built: EsbuildResult,
): LoadedEntry {
  const inputs = inputsOf(entry, built).filter((path) => !path.includes('node_modules/'));
  return { entry, ...found.get(entry), inputs };
}

const SCRIPT = 'loaded-entries.ts';

function optionsFor(entries: readonly string[], root: string) {
  return {
    stdin: { contents: scriptFor(entries), resolveDir: root, sourcefile: SCRIPT },
    entryNames: SCRIPT.replace(/\.ts$/, ''),
    banner: { js: REQUIRE_BANNER },
    plugins: [WITHOUT_AWS],
  };
}

/** esbuild puts a dynamic import into the same file, and runs it when it is called: entries share what they import. */
function scriptFor(entries: readonly string[]): string {
  const loads = entries.map((entry) => `[${JSON.stringify(entry)}, () => import("./${entry}")]`);
  return `import { setTimeout } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
for (const fault of ['unhandledRejection', 'uncaughtException']) process.on(fault, () => {});
for (const [entry, load] of [${loads.join(', ')}]) {
  try {
    const loaded = await Promise.race([load(), setTimeout(${LOAD_MS})]);
    if (loaded === undefined) continue;
    const { handler } = loaded;
    const found = { entry, exports: Object.keys(loaded), handler: typeof handler };
    parentPort.postMessage(found);
    const collectionId = handler?.pipeline?.collectionId ?? handler?.createCollection?.().id;
    if (typeof collectionId === 'string') parentPort.postMessage({ ...found, collectionId });
  } catch {
    // What cannot be loaded without AWS cannot be checked here.
  }
}
parentPort.postMessage('done');
`;
}

/** A module may wait forever while it loads. */
const LOAD_MS = 3_000;

/** Any import of any name from it works (esbuild copies the prototype of what is exported), and so does any use of it while a module loads. */
const STAND_IN = `const standIn = new Proxy(function () {}, {
  get: (_, name) => (name === 'then' || typeof name === 'symbol' ? undefined : name === 'prototype' ? Object.prototype : standIn),
  apply: () => standIn,
  construct: () => standIn,
});
module.exports = Object.create(standIn);`;

const AWS = /^@(?:aws-sdk|aws-lambda-powertools|smithy)\//;

const WITHOUT_AWS: Plugin = {
  name: 'without-aws',
  setup(build) {
    build.onResolve({ filter: AWS }, ({ path }) => ({ path, namespace: 'without-aws' }));
    build.onLoad({ filter: /.*/, namespace: 'without-aws' }, () => ({
      contents: STAND_IN,
      loader: 'js',
    }));
  },
};

/** Identifies how entries are loaded, so that the cache never returns what was found in another way. */
const RECIPE = JSON.stringify({ loaded: 1, ...ESBUILD_RECIPE, STAND_IN, script: scriptFor([]) });

/** A module may also never stop computing while it loads. */
const TIMEOUT_MS = 20_000;

/** Runs the script, whose messages are what it found. The thread ends however the code behaves. */
async function runCode(code: Uint8Array): Promise<ReadonlyMap<string, Found>> {
  const folder = mkdtempSync(join(tmpdir(), 'stac-pipelines-'));
  try {
    const file = join(folder, 'loaded-entries.mjs');
    writeFileSync(file, code);
    return await messagesOf(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function messagesOf(file: string): Promise<ReadonlyMap<string, Found>> {
  const found = new Map<string, Found>();
  const worker = new Worker(file, { execArgv: [], stdout: true, stderr: true });
  await new Promise<void>((done) => {
    const timeout = setTimeout(done, TIMEOUT_MS);
    worker.on('message', (message: Found | 'done') => {
      if (message === 'done') done();
      else found.set(message.entry, message);
    });
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      clearTimeout(timeout);
      done();
    });
  });
  await worker.terminate();
  return found;
}
