import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { BuildOptions } from 'esbuild';
import { BundleCache, INSTALLED } from './cache.js';
import { ESBUILD_RECIPE, builtFile, inputsOf, runEsbuild } from './esbuild.js';
import type { EsbuildResult } from './esbuild.js';
import { REQUIRE_BANNER } from './link.js';
import { scriptFor, STAND_IN, WITHOUT_AWS } from './load-script.js';

const LoadedSchema = z.object({
  entry: z.string(),
  /** Names of the exports; undefined if the entry cannot be loaded here. */
  exports: z.optional(z.array(z.string())),
  /** `typeof` of the export `handler`. */
  handler: z.optional(z.string()),
  /** The id of the Collection that the handler's Items or its Collection have. */
  collectionId: z.optional(z.string()),
  /** An error of parseMessage that its author did not throw on purpose. */
  bug: z.optional(
    z.object({
      name: z.string(),
      message: z.string(),
      /** The message that it was thrown for. */
      of: z.unknown(),
      stack: z.string(),
    }),
  ),
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
  const { built, found } = await buildAndRun(entries, root);
  const buggy = [...found.values()].filter(({ bug }) => bug !== undefined);
  // Source maps would double the time, so they are made only for the places of bugs.
  const mapped =
    buggy.length > 0
      ? await buildAndRun(
          buggy.map(({ entry }) => entry),
          root,
          { sourcemap: 'inline' },
        )
      : undefined;
  for (const [entry, one] of mapped?.found ?? []) found.set(entry, one);
  const loaded = entries.map((entry) => withInputs(entry, found, built));
  const inputs = Object.keys(built.metafile.inputs).filter((path) => existsSync(join(root, path)));
  cache?.keep(entries.join('\n'), { zip: Buffer.from(JSON.stringify(loaded)), inputs });
  return loaded;
}

async function buildAndRun(entries: readonly string[], root: string, options: BuildOptions = {}) {
  const own = optionsFor(entries, root);
  const built = await runEsbuild(root, { ...own, ...options });
  const found = await runCode(Buffer.from(builtFile(built, SCRIPT, '.mjs')));
  return { built, found };
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

/** Identifies how entries are loaded, so that the cache never returns what was found in another way. */
const RECIPE = JSON.stringify({ loaded: 2, ...ESBUILD_RECIPE, STAND_IN, script: scriptFor([]) });

/**
 * The time for one entry: a module may also never stop computing while it loads. A limit for all of them would cut off
 * the last ones of many pipelines.
 */
const TIMEOUT_MS = 20_000;

/** Runs the script, whose messages are what it found. The thread ends however the code behaves. */
async function runCode(code: Uint8Array): Promise<Map<string, Found>> {
  const folder = mkdtempSync(join(tmpdir(), 'stac-pipelines-'));
  try {
    const file = join(folder, 'loaded-entries.mjs');
    writeFileSync(file, code);
    return await messagesOf(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function messagesOf(file: string): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  const worker = new Worker(file, {
    execArgv: ['--enable-source-maps'],
    stdout: true,
    stderr: true,
  });
  await new Promise<void>((done) => {
    const timeout = setTimeout(done, TIMEOUT_MS);
    worker.on('message', (message: Found | 'done') => {
      timeout.refresh();
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
