import type { OnResolveArgs, Plugin, PluginBuild } from 'esbuild';
import { runEsbuild } from './esbuild.js';

/**
 * Packages that are linked once for all entries with the same imports: nine tenths of the files of a bundle.
 *
 * `BUNDLE_WHOLE=1` in the environment turns this off: esbuild alone then bundles each entry whole
 * (BundleOptions.whole). Use it to find out whether an unexpected behaviour of a deployed function comes from here. A
 * system test runs every real entry bundled both ways.
 */
export const SHARED_PACKAGES = /^@(?:aws-sdk|aws-lambda-powertools)\//;

/** Imported names by package, both sorted: `@aws-sdk/client-sqs` maps to `SQSClient` and `SendMessageCommand`. */
export type PackageImports = ReadonlyMap<string, readonly string[]>;

/** The entry shares no package: everything is linked with it. */
export const NO_IMPORTS: PackageImports = new Map();

/** Linked packages, which all entries with the same imports share. */
export interface SharedPackages {
  readonly imports: PackageImports;
  /** A minified statement that declares them, to be inserted before the code of the entry. */
  readonly code: string;
  /** Paths of all input files, relative to the root. */
  readonly inputs: ReadonlySet<string>;
}

export const NO_PACKAGES: SharedPackages = { imports: NO_IMPORTS, code: '', inputs: new Set() };

/** Matches the imports that esbuild prints without minification. Imports of types are gone by then. */
const STATEMENT = /^(?:import|export) ([^;]*?)"([^";]+)";$/gm;
const NAMES = /^\{([^}"]*)\} from $/;

/**
 * Returns what an entry imports from shared packages, or `NO_IMPORTS` if it imports one of them other than by names: of
 * a namespace import it is not known which names are used.
 *
 * @param code of the entry and its modules in one file, not minified, with packages as external imports
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

/** Global variable of the linked packages, with a name that cannot collide with one in a bundle. */
const GLOBAL = '__bundlePackages';

/** Links the imported names of the packages, without the rest of them. Throws BundleError. */
export async function linkPackages(imports: PackageImports, root: string): Promise<SharedPackages> {
  if (imports.size === 0) return NO_PACKAGES;
  const result = await runEsbuild(root, {
    stdin: { contents: reexports(imports), resolveDir: root, sourcefile: SOURCE },
    format: 'iife',
    globalName: GLOBAL,
    minify: true,
    // import.meta does not exist in a function's body: an entry whose packages need it is linked whole.
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

/** Returns the quoted name of a property. */
function key(from: string, name: string): string {
  return JSON.stringify(`${from} ${name}`);
}

const NAMESPACE = 'shared-packages';

/**
 * esbuild cannot see the globals used by pre-linked code and may reuse their names when minifying, up to three letters
 * long; mentioning them here reserves them. Tree shaking removes this export.
 */
const KEPT_NAMES = 'export const __keptNames = () => [Map, NaN, Set, URL];\n';

/**
 * Resolves the imports of the project's own modules to the packages that are already linked.
 *
 * @param root where the packages were resolved; a folder with its own node_modules keeps what is resolved there
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

/** Marks the requests to resolve that the plugin itself makes. */
const LOOKED_UP = Symbol('looked up');

/** Whether an import resolves to the same file as from the root. */
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

/** Whether an input is a module that the plugin generated, which is not a file. */
export function isTaken(input: string): boolean {
  return input.startsWith(`${NAMESPACE}:`);
}
