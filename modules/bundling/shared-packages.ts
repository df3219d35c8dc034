import type { OnResolveArgs, Plugin, PluginBuild } from 'esbuild';
import { runEsbuild } from './esbuild.js';

/** Nine tenths of the files that a bundle is made of, and the same for all entries that import the same of them. */
export const SHARED_PACKAGES = /^@(?:aws-sdk|aws-lambda-powertools)\//;

/** Sorted names by sorted package, as `@aws-sdk/client-sqs` to `SendMessageCommand` and `SQSClient`. */
export type PackageImports = ReadonlyMap<string, readonly string[]>;

/** Everything is linked with the entry. */
export const NO_IMPORTS: PackageImports = new Map();

/** The part of a bundle that is linked once for all entries with the same imports. */
export interface SharedPackages {
  readonly imports: PackageImports;
  /** A statement that declares them, minified, to stand before the entry's own code. */
  readonly code: string;
  /** Every file that went into it, relative to the root. */
  readonly inputs: ReadonlySet<string>;
}

export const NO_PACKAGES: SharedPackages = { imports: NO_IMPORTS, code: '', inputs: new Set() };

/** As esbuild prints them when it does not minify; a type's import is gone by then. */
const STATEMENT = /^(?:import|export) ([^;]*?)"([^";]+)";$/gm;
const NAMES = /^\{([^}"]*)\} from $/;

/**
 * What an entry's own code imports from shared packages, and `NO_IMPORTS` if it imports any of them other than by
 * names: of a namespace nobody knows beforehand what will be used.
 *
 * @param code the entry and its own modules in one, not minified, with packages left as imports
 */
export function packageImports(code: string): PackageImports {
  const found = new Map<string, Set<string>>();
  for (const [, clause = '', name = ''] of code.matchAll(STATEMENT)) {
    if (!SHARED_PACKAGES.test(name)) continue;
    const names = clause === '' ? [] : NAMES.exec(clause)?.[1]?.split(',');
    if (names === undefined) return NO_IMPORTS;
    const imported = names.map((part) => part.trim().replace(/ as .*$/, ''));
    found.set(name, new Set([...(found.get(name) ?? []), ...imported.filter(Boolean)]));
  }
  return new Map([...found].sort(byKey).map(([name, names]) => [name, [...names].sort()]));
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Our name, so that it collides with none in a bundle. */
const GLOBAL = '__bundlePackages';

/** Links what is imported, and nothing else of the packages. Throws BundleError. */
export async function linkPackages(imports: PackageImports, root: string): Promise<SharedPackages> {
  if (imports.size === 0) return NO_PACKAGES;
  const result = await runEsbuild(root, {
    stdin: { contents: reexports(imports), resolveDir: root, sourcefile: SOURCE },
    format: 'iife',
    globalName: GLOBAL,
    minify: true,
    // There is none in a function's body: whoever needs it is linked as a whole.
    logOverride: { 'empty-import-meta': 'error' },
  });
  const [code = new Uint8Array()] = result.files.values();
  const inputs = new Set(Object.keys(result.metafile.inputs));
  inputs.delete(SOURCE);
  return { imports, code: new TextDecoder().decode(code).trimEnd(), inputs };
}

const SOURCE = '<shared packages>';

function reexports(imports: PackageImports): string {
  const lines = [...imports].flatMap(([from, names]) => [
    `import ${JSON.stringify(from)};`,
    ...names.map(
      (name) => `export { ${name} as ${key(from, name)} } from ${JSON.stringify(from)};`,
    ),
  ]);
  return lines.join('\n');
}

/** A property's name, quoted. */
function key(from: string, name: string): string {
  return JSON.stringify(`${from} ${name}`);
}

const NAMESPACE = 'shared-packages';

/**
 * esbuild does not see which globals the linked packages use, and gives own names of up to three letters: whatever one
 * of its modules mentions stays free, and what nobody imports is left out.
 */
const KEPT_NAMES = 'export const __keptNames = () => [Map, NaN, Set, URL];\n';

/**
 * Has the project's own modules take what they import by name from the packages that are linked already.
 *
 * @param root where those were looked up: a folder with a node_modules of its own has what it finds there
 */
export function takeFrom({ imports }: SharedPackages, root: string): Plugin {
  const module = (from: string): string => {
    const names = imports.get(from) ?? [];
    const taken = names.map((name) => `export const ${name} = ${GLOBAL}[${key(from, name)}];\n`);
    return [KEPT_NAMES, ...taken].join('');
  };
  return {
    name: NAMESPACE,
    setup: (build) => {
      build.onResolve({ filter: SHARED_PACKAGES }, async (found) => {
        const { path, kind, importer } = found;
        if (found.pluginData === LOOKED_UP || kind !== 'import-statement') return undefined;
        if (!imports.has(path) || importer.includes('node_modules')) return undefined;
        return (await isAlike(build, found, root)) ? { path, namespace: NAMESPACE } : undefined;
      });
      build.onLoad({ filter: /^/, namespace: NAMESPACE }, ({ path }) => ({
        contents: module(path),
      }));
    },
  };
}

/** Marks what the plugin itself asks esbuild to resolve. */
const LOOKED_UP = Symbol('looked up');

/** Whether an import finds the same file as from the root. */
async function isAlike(
  build: PluginBuild,
  { path, kind, resolveDir }: OnResolveArgs,
  root: string,
): Promise<boolean> {
  const look = (from: string) =>
    build.resolve(path, { kind, resolveDir: from, pluginData: LOOKED_UP });
  const [own, shared] = await Promise.all([look(resolveDir), look(root)]);
  return own.path === shared.path;
}

/** Whether an input of a build with the plugin is one of its own modules, in no file. */
export function isTaken(input: string): boolean {
  return input.startsWith(`${NAMESPACE}:`);
}
