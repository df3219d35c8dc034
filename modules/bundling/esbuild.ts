import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { build, version } from 'esbuild';
import type { BuildFailure, BuildOptions, Message, Metafile } from 'esbuild';

/** Thrown when esbuild refuses an entry; every line names file, line and column. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

export interface EsbuildResult {
  /** By path below the output folder: entries keep theirs, as `pipelines/sentinel1/app.mjs`. */
  readonly files: Files;
  /** Its paths are relative to the root. */
  readonly metafile: Metafile;
}

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
  legalComments: 'none',
  charset: 'utf8',
  // Whatever tsconfig.json lies about must not change the bytes.
  tsconfigRaw: { compilerOptions: { target: 'es2023', verbatimModuleSyntax: true } },
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** What decides over the bytes of every build, beside the files and its own options. */
export const ESBUILD_RECIPE = { esbuild: version, OPTIONS };

/**
 * Builds in memory what `options` add to those that all builds share. Throws BundleError with every fault.
 *
 * @param root folder of the project, absolute
 */
export async function runEsbuild(root: string, options: BuildOptions): Promise<EsbuildResult> {
  try {
    const { outputFiles, metafile } = await build({
      ...OPTIONS,
      ...options,
      absWorkingDir: root,
      metafile: true,
      write: false,
    });
    return { files: builtFiles(outputFiles, { root, folder: OUTPUT_FOLDER }), metafile };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw new BundleError(error.errors.map(describe).join('\n'), { cause: error });
  }
}

/** Has each entry written beside its own folder's name: `pipelines/sentinel1/app.ts` as `pipelines/sentinel1/app.mjs`. */
export function entryPoints(entries: readonly string[]): { in: string; out: string }[] {
  return entries.map((entry) => ({ in: `./${entry}`, out: withoutExtension(entry) }));
}

/** What was built of an entry. @param extension as `.mjs` */
export function builtFile({ files }: EsbuildResult, entry: string, extension: string): Uint8Array {
  const content = files.get(`${withoutExtension(entry)}${extension}`);
  if (!content) throw new BundleError(`${entry}: esbuild gave no ${extension} of it`);
  return content;
}

/** What `entry` imports, and what that imports, whether or not anything of it is left in the bundle. */
export function inputsOf(entry: string, { metafile: { inputs } }: EsbuildResult): string[] {
  const found = new Set([entry]);
  for (const input of found) {
    for (const { path, external } of inputs[input]?.imports ?? [])
      if (external !== true) found.add(path);
  }
  return [...found];
}

export function withoutExtension(entry: string): string {
  return entry.replace(/\.ts$/, '');
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function describe({ text, location }: Message): string {
  if (!location) return text;
  // esbuild counts columns from 0, editors from 1.
  return `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}

interface BuiltFile {
  /** Absolute. */
  readonly path: string;
  readonly contents: Uint8Array;
}

/** Contents by path below the output folder, as `pipelines/sentinel1/app.mjs`. */
type Files = ReadonlyMap<string, Uint8Array>;

/** What esbuild gave, by path below `folder` of the project at `root`. */
function builtFiles(
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
