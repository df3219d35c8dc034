import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { ConfigError } from './values/error.js';
import { MAX_YAML_BYTES } from './yaml/bytes.js';

/** A pipeline whose Items are made by a Python package has this file. */
export const PYTHON_MARK = 'requirements.in';

/** A folder with one of these files is meant as a pipeline. */
const MARKS = [
  'config.yaml',
  'app.ts',
  'collection.ts',
  'collection.json',
  PYTHON_MARK,
  'create_item.py',
];

/** Returns the names of the folders in `root` that contain one of the files of a pipeline, sorted. */
export function listPipelines(root = 'pipelines'): readonly string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => MARKS.some((file) => existsSync(join(root, name, file))))
    .sort();
}

/** What commands say that have nothing to do, because there is no pipeline. */
export const NO_PIPELINES =
  'pipelines/ contains no pipeline: a pipeline is a folder with config.yaml and the files in docs/pipelines.md';

/** Returns the pipelines among the files of another commit, given as paths in its `pipelines/`: `waves/config.yaml`. */
export function pipelinesAmong(paths: readonly string[]): readonly string[] {
  const ids = paths
    .map((path) => path.split('/'))
    .filter(([, file = '', ...rest]) => rest.length === 0 && MARKS.includes(file))
    .map(([id = '']) => id);
  return [...new Set(ids)].sort();
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

/** Returns the path relative to the current directory if it is inside it. */
export function shownPath(path: string): string {
  const fromHere = relative(process.cwd(), resolve(path));
  return fromHere.startsWith('..') ? path : fromHere;
}
