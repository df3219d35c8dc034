import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { build, version } from 'esbuild';
import type { BuildFailure, BuildOptions, Message, Metafile } from 'esbuild';
import { builtFiles } from './built-files.js';
import type { Files } from './built-files.js';
import { BundleCache } from './bundle-cache.js';
import { LEVEL, zipFiles } from './zip-files.js';

/** One entry of a pipeline as Lambda takes it: a zip of `<name>.mjs` and its source map. */
export interface Bundle {
  /** Name of the entry without extension: `app` for app.ts; the handler is `<name>.handler`. */
  readonly name: string;
  readonly zip: Uint8Array;
  /** SHA-256 of the zip in hexadecimal; names the file. */
  readonly hash: string;
  /** The same SHA-256 in base64, as Lambda's `source_code_hash` wants it. */
  readonly hashBase64: string;
}

/** Thrown when esbuild refuses an entry; every line names file, line and column. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

export interface BundleOptions {
  /** Folder of the project, absolute. */
  readonly root: string;
  /** Whether bundles of earlier runs may be taken, kept in node_modules/.cache. @default true */
  readonly cache?: boolean;
}

/**
 * Bundles entries, byte-identical on every machine and in whatever company: paths are relative to `root`, and a zip
 * holds no times, owners or modes of the machine. Throws BundleError with every fault of the entries built together.
 *
 * @param entries paths relative to `root`, as `pipelines/sentinel1/app.ts`
 * @returns bundles by entry
 */
export async function bundleEntries(
  entries: readonly string[],
  { root, cache: useCache = true }: BundleOptions,
): Promise<ReadonlyMap<string, Bundle>> {
  const cache = useCache ? new BundleCache(root, RECIPE) : undefined;
  const bundles = new Map<string, Bundle>();
  for (const entry of entries) {
    const zip = cache?.tryFind(entry);
    if (zip) bundles.set(entry, toBundle(entry, zip));
  }
  await buildEntries(
    entries.filter((entry) => !bundles.has(entry)),
    root,
    (entry, { zip, inputs }) => {
      cache?.keep(entry, { zip, inputs });
      bundles.set(entry, toBundle(entry, zip));
    },
  );
  return bundles;
}

interface Built {
  readonly zip: Uint8Array;
  /** Every file that went into it, relative to the root. */
  readonly inputs: readonly string[];
}

async function buildEntries(
  entries: readonly string[],
  root: string,
  done: (entry: string, built: Built) => void,
): Promise<void> {
  const chunks = chunksOf(entries, ENTRIES_PER_BUILD);
  let building = runEsbuild(chunks[0] ?? [], root);
  for (const [index, chunk] of chunks.entries()) {
    const result = await building;
    // esbuild is a process of its own: it builds the next chunk while this one is zipped.
    building = runEsbuild(chunks[index + 1] ?? [], root);
    for (const entry of chunk)
      done(entry, { zip: zipOf(entry, result.files), inputs: inputsOf(entry, result.metafile) });
  }
}

/** What the entries share is parsed once a build; more of them at a time would only hold more in memory. */
const ENTRIES_PER_BUILD = 24;

function chunksOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

function toBundle(entry: string, zip: Uint8Array): Bundle {
  const digest = createHash('sha256').update(zip).digest();
  return {
    name: nameOf(entry),
    zip,
    hash: digest.toString('hex'),
    hashBase64: digest.toString('base64'),
  };
}

function zipOf(entry: string, files: Files): Uint8Array {
  const name = nameOf(entry);
  const find = (extension: string): Uint8Array => {
    const content = files.get(`${withoutExtension(entry)}${extension}`);
    if (!content) throw new BundleError(`${entry}: esbuild gave no ${name}${extension}`);
    return content;
  };
  return zipFiles({ [`${name}.mjs`]: find('.mjs'), [`${name}.mjs.map`]: find('.mjs.map') });
}

/** What `entry` imports, and what that imports, whether or not anything of it is left in the bundle. */
function inputsOf(entry: string, { inputs }: Metafile): string[] {
  const found = new Set([entry]);
  for (const input of found) {
    for (const { path, external } of inputs[input]?.imports ?? [])
      if (external !== true) found.add(path);
  }
  return [...found];
}

function nameOf(entry: string): string {
  return basename(withoutExtension(entry));
}

function withoutExtension(entry: string): string {
  return entry.replace(/\.ts$/, '');
}

/**
 * CommonJS dependencies call `require` of Node's own modules, which an ESM file does not have (evanw/esbuild#1921).
 * The import's name is ours, so that it collides with none in the bundle.
 */
const REQUIRE_BANNER =
  "import{createRequire as __bundleRequire}from'node:module';const require=__bundleRequire(import.meta.url);";

/** Only names the files: nothing is written. */
const OUTPUT_FOLDER = 'dist';

const OPTIONS = {
  outdir: OUTPUT_FOLDER,
  outbase: '.',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // The ESM builds of the AWS SDK shake better than the CommonJS ones: 0.57 MB where the default gives 0.86 MB.
  mainFields: ['module', 'main'],
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  charset: 'utf8',
  banner: { js: REQUIRE_BANNER },
  // Whatever tsconfig.json lies about must not change the bytes.
  tsconfigRaw: { compilerOptions: { target: 'es2023', verbatimModuleSyntax: true } },
  metafile: true,
  write: false,
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** What decides over the bytes beside the files: raise the number when this file changes what it writes. */
const RECIPE = JSON.stringify({ recipe: 2, esbuild: version, OPTIONS, LEVEL });

interface BuildResult {
  readonly files: Files;
  readonly metafile: Metafile;
}

async function runEsbuild(entries: readonly string[], root: string): Promise<BuildResult> {
  if (entries.length === 0) return { files: new Map(), metafile: { inputs: {}, outputs: {} } };
  try {
    const { outputFiles, metafile } = await build({
      ...OPTIONS,
      absWorkingDir: root,
      entryPoints: entries.map((entry) => ({ in: `./${entry}`, out: withoutExtension(entry) })),
    });
    return { files: builtFiles(outputFiles, { root, folder: OUTPUT_FOLDER }), metafile };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw new BundleError(error.errors.map(describe).join('\n'), { cause: error });
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function describe({ text, location }: Message): string {
  if (!location) return text;
  // esbuild counts columns from 0, editors from 1.
  return `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}
