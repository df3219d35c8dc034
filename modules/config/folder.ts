import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { ConfigError } from './values/error.js';
import { MAX_YAML_BYTES } from './yaml/bytes.js';
import { START } from './yaml/syntax.js';
import type { YamlProblem } from './yaml/syntax.js';

const REQUIRED_FILES = ['app.ts', 'collection.ts'];
const PURPOSES: Readonly<Record<string, string>> = {
  'app.ts': 'it creates the Items',
  'collection.ts': 'it creates the Collection',
  'historic.ts': 'historic_frequency needs it for the backfill',
};
const MARKS = ['config.yaml', ...REQUIRED_FILES];

/** Returns the names of the folders in `root` that contain a config.yaml, app.ts or collection.ts, sorted. */
export function listPipelines(root = 'pipelines'): readonly string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => MARKS.some((file) => existsSync(join(root, name, file))))
    .sort();
}

/** Returns the pipelines under `root` for the end of an error message: `(known: cop_dem_30, sentinel1)`. */
export function knownPipelines(root = 'pipelines'): string {
  const names = listPipelines(root);
  return names.length === 0 ? `(${root} contains no pipelines)` : `(known: ${names.join(', ')})`;
}

/** Reads config.yaml. Throws ConfigError if that is not possible. */
export function readConfigFile(folder: string): Uint8Array {
  const file = join(folder, 'config.yaml');
  try {
    // A file above the limit is refused because of its size, so its content is not needed.
    const { size } = statSync(file);
    return size > MAX_YAML_BYTES ? new Uint8Array(MAX_YAML_BYTES + 1) : readFileSync(file);
  } catch (cause) {
    throw new ConfigError([whyUnreadable(folder, cause)], { cause });
  }
}

function whyUnreadable(folder: string, cause: unknown): string {
  const root = dirname(folder);
  if (!existsSync(folder))
    return `unknown pipeline ${JSON.stringify(basename(folder))} ${knownPipelines(root)}`;
  const file = shownPath(join(folder, 'config.yaml'));
  if (!existsSync(file))
    return `${file} is missing: every pipeline needs one ${knownPipelines(root)}`;
  return `${file} cannot be read: ${String(cause).replace(/^Error: /, '')}`;
}

/** Returns a problem for each file that is missing from the folder of a pipeline. */
export function missingFiles(folder: string, hasBackfill: boolean): readonly YamlProblem[] {
  const needed = hasBackfill ? [...REQUIRED_FILES, 'historic.ts'] : REQUIRED_FILES;
  return needed
    .filter((name) => !existsSync(join(folder, name)))
    .map((name) => ({
      ...START,
      field: name,
      message: `is missing from the folder: ${PURPOSES[name] ?? ''}`,
    }));
}

/** Returns the path relative to the current directory if it is inside it. */
export function shownPath(path: string): string {
  const fromHere = relative(process.cwd(), resolve(path));
  return fromHere.startsWith('..') ? path : fromHere;
}
