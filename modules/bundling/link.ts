import {
  BundleError,
  ESBUILD_RECIPE,
  builtFile,
  entryPoints,
  inputsOf,
  runEsbuild,
} from './esbuild.js';
import {
  NO_IMPORTS,
  NO_PACKAGES,
  SHARED_PACKAGES,
  isTaken,
  linkPackages,
  packageImports,
  takeFrom,
} from './shared-packages.js';
import type { PackageImports, SharedPackages } from './shared-packages.js';

/** An entry with all its imports in one JavaScript file, and the source map. */
export interface LinkedEntry {
  readonly entry: string;
  readonly code: Uint8Array;
  readonly map: Uint8Array;
  /** Paths of all input files, relative to the root. */
  readonly inputs: readonly string[];
}

/**
 * Links entries in chunks, grouped by the packages that they import. esbuild's time grows with the number of files, and
 * nine tenths of these are in packages that entries share, so each group links its packages once. The bytes of an entry
 * do not depend on the others. Throws BundleError.
 *
 * @param entries paths relative to `root`
 */
export async function* linkEntries(
  entries: readonly string[],
  { root, whole }: { readonly root: string; readonly whole: boolean },
): AsyncGenerator<readonly LinkedEntry[]> {
  const groups = whole ? [{ imports: NO_IMPORTS, entries }] : await groupByImports(entries, root);
  for (const { imports, entries: group } of groups) {
    const packages = (await unlessBundleError(linkPackages(imports, root))) ?? NO_PACKAGES;
    for (const chunk of chunksOf(group, ENTRIES_PER_BUILD)) yield linkChunk(chunk, packages, root);
  }
}

/** A build parses shared files once. With 16 entries esbuild uses 280 MB of memory, with 24 it uses 390 MB. */
const ENTRIES_PER_BUILD = 16;

function chunksOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

interface Group {
  readonly imports: PackageImports;
  readonly entries: string[];
}

async function groupByImports(entries: readonly string[], root: string): Promise<Group[]> {
  const groups = new Map<string, Group>();
  for (const chunk of chunksOf(entries, ENTRIES_PER_BUILD)) {
    for (const [entry, imports] of await importsOf(chunk, root)) {
      const key = JSON.stringify([...imports]);
      const group = groups.get(key) ?? { imports, entries: [] };
      group.entries.push(entry);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

/** Returns no imports if an entry has an error: linking the entries whole then reports all errors. */
async function importsOf(
  entries: readonly string[],
  root: string,
): Promise<readonly (readonly [string, PackageImports])[]> {
  const own = await unlessBundleError(
    runEsbuild(root, { entryPoints: entryPoints(entries), packages: 'external' }),
  );
  if (own === undefined) return entries.map((entry) => [entry, NO_IMPORTS]);
  const codeOf = (entry: string): string => new TextDecoder().decode(builtFile(own, entry, '.mjs'));
  return entries.map((entry) => [entry, packageImports(codeOf(entry))]);
}

/** Links an entry whole if a file would be in its bundle twice, or if only that build can report the right error. */
async function linkChunk(
  entries: readonly string[],
  packages: SharedPackages,
  root: string,
): Promise<readonly LinkedEntry[]> {
  if (packages === NO_PACKAGES) return linkWith(packages, entries, root);
  const linked = (await unlessBundleError(linkWith(packages, entries, root))) ?? [];
  const once = linked.filter(({ inputs }) => !inputs.some((input) => packages.inputs.has(input)));
  const shared = once.map((one) => ({ ...one, inputs: [...one.inputs, ...packages.inputs] }));
  const rest = entries.filter((name) => !once.some(({ entry }) => entry === name));
  return rest.length === 0 ? shared : [...shared, ...(await linkWith(NO_PACKAGES, rest, root))];
}

/** Returns undefined instead of throwing BundleError. */
async function unlessBundleError<T>(built: Promise<T>): Promise<T | undefined> {
  try {
    return await built;
  } catch (error) {
    if (error instanceof BundleError) return undefined;
    throw error;
  }
}

/**
 * CommonJS packages call `require` for Node's own modules, which does not exist in an ESM file (evanw/esbuild#1921).
 * The name of the import is reserved here, so that it cannot collide with one in the bundle.
 */
export const REQUIRE_BANNER =
  "import{createRequire as __bundleRequire}from'node:module';const require=__bundleRequire(import.meta.url);";

const LINK = { minify: true, sourcemap: 'linked', sourcesContent: false } as const;

async function linkWith(
  packages: SharedPackages,
  entries: readonly string[],
  root: string,
): Promise<LinkedEntry[]> {
  const result = await runEsbuild(root, {
    entryPoints: entryPoints(entries),
    ...LINK,
    banner: { js: `${REQUIRE_BANNER}${packages.code}` },
    plugins: packages === NO_PACKAGES ? [] : [takeFrom(packages, root)],
  });
  return entries.map((entry) => ({
    entry,
    code: builtFile(result, entry, '.mjs'),
    map: builtFile(result, entry, '.mjs.map'),
    inputs: inputsOf(entry, result).filter((input) => !isTaken(input)),
  }));
}

/** Everything that determines the bytes besides the files. Increment `recipe` when the code that links them changes. */
export const LINK_RECIPE = {
  recipe: 6,
  ...ESBUILD_RECIPE,
  LINK,
  REQUIRE_BANNER,
  packages: SHARED_PACKAGES.source,
};
