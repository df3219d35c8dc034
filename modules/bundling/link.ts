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

/** One file of JavaScript with all that an entry needs, and its source map. */
export interface LinkedEntry {
  readonly entry: string;
  readonly code: Uint8Array;
  readonly map: Uint8Array;
  /** Every file that went into it, relative to the root. */
  readonly inputs: readonly string[];
}

/**
 * Links entries, some at a time, and those with the same packages together: esbuild's work grows with the number of
 * files it links, and nine tenths of them are in packages that entries share. What an entry becomes depends on no
 * other. Throws BundleError.
 *
 * @param entries paths relative to `root`
 */
export async function* linkEntries(
  entries: readonly string[],
  { root, whole }: { readonly root: string; readonly whole: boolean },
): AsyncGenerator<readonly LinkedEntry[]> {
  const groups = whole ? [{ imports: NO_IMPORTS, entries }] : await groupByImports(entries, root);
  for (const { imports, entries: group } of groups) {
    const packages = (await unlessFaulty(linkPackages(imports, root))) ?? NO_PACKAGES;
    for (const chunk of chunksOf(group, ENTRIES_PER_BUILD)) yield linkChunk(chunk, packages, root);
  }
}

/** What the entries share is parsed once a build. esbuild holds 280 MB with this many at a time, 390 MB with 24. */
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

/** Of entries with a fault none are known: linking them as a whole finds every fault. */
async function importsOf(
  entries: readonly string[],
  root: string,
): Promise<readonly (readonly [string, PackageImports])[]> {
  const own = await unlessFaulty(
    runEsbuild(root, { entryPoints: entryPoints(entries), packages: 'external' }),
  );
  if (own === undefined) return entries.map((entry) => [entry, NO_IMPORTS]);
  const codeOf = (entry: string): string => new TextDecoder().decode(builtFile(own, entry, '.mjs'));
  return entries.map((entry) => [entry, packageImports(codeOf(entry))]);
}

/** An entry is linked as a whole where a file would be in its bundle twice, and where only that can name a fault. */
async function linkChunk(
  entries: readonly string[],
  packages: SharedPackages,
  root: string,
): Promise<readonly LinkedEntry[]> {
  if (packages === NO_PACKAGES) return linkWith(packages, entries, root);
  const linked = (await unlessFaulty(linkWith(packages, entries, root))) ?? [];
  const once = linked.filter(({ inputs }) => !inputs.some((input) => packages.inputs.has(input)));
  const shared = once.map((one) => ({ ...one, inputs: [...one.inputs, ...packages.inputs] }));
  const rest = entries.filter((name) => !once.some(({ entry }) => entry === name));
  return rest.length === 0 ? shared : [...shared, ...(await linkWith(NO_PACKAGES, rest, root))];
}

async function unlessFaulty<T>(built: Promise<T>): Promise<T | undefined> {
  try {
    return await built;
  } catch (error) {
    if (error instanceof BundleError) return undefined;
    throw error;
  }
}

/**
 * CommonJS dependencies call `require` of Node's own modules, which an ESM file does not have (evanw/esbuild#1921).
 * The import's name is ours, so that it collides with none in the bundle.
 */
const REQUIRE_BANNER =
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

/** What decides over the bytes beside the files: raise the number when the code that links them changes. */
export const LINK_RECIPE = {
  recipe: 5,
  ...ESBUILD_RECIPE,
  LINK,
  REQUIRE_BANNER,
  packages: SHARED_PACKAGES.source,
};
