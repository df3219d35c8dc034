import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { ConfigError } from './values/error.js';
import { MAX_YAML_BYTES } from './yaml/bytes.js';
import { START } from './yaml/syntax.js';
import type { YamlProblem } from './yaml/syntax.js';

const REQUIRED_FILES = ['app.ts', 'collection.ts'];
const PURPOSES: Readonly<Record<string, string>> = {
  'app.ts': 'it makes the Items',
  'collection.ts': 'it makes the Collection',
  'historic.ts': 'historic_frequency needs it to read the inventory',
};
const MARKS = ['config.yaml', ...REQUIRED_FILES];

/** Names of the folders under `root` that hold a pipeline or the beginning of one, sorted. */
export function listPipelines(root = 'pipelines'): readonly string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => MARKS.some((file) => existsSync(join(root, name, file))))
    .sort();
}

/** "There are sentinel1, cop_dem_30." for the end of a message. */
export function knownPipelines(root = 'pipelines'): string {
  const names = listPipelines(root);
  return names.length === 0 ? `${root} holds no pipeline.` : `${root} holds ${names.join(', ')}.`;
}

/** What to say of a name that no pipeline under `root` has. */
export function noPipeline(name: string, root: string): string {
  return `There is no pipeline ${name}. ${knownPipelines(root)}`;
}

/** Throws ConfigError when there is no file to read. */
export function readConfigFile(folder: string): Uint8Array {
  const file = join(folder, 'config.yaml');
  try {
    // A bigger file is refused by its size alone, which the first bytes beyond the limit show as well.
    const { size } = statSync(file);
    return size > MAX_YAML_BYTES ? new Uint8Array(MAX_YAML_BYTES + 1) : readFileSync(file);
  } catch (cause) {
    throw new ConfigError([whyUnreadable(folder, cause)], { cause });
  }
}

function whyUnreadable(folder: string, cause: unknown): string {
  const root = dirname(folder);
  if (!existsSync(folder)) return noPipeline(basename(folder), root);
  const file = shownPath(join(folder, 'config.yaml'));
  if (!existsSync(file))
    return `${file} is missing: every pipeline has one. ${knownPipelines(root)}`;
  return `${file} cannot be read: ${String(cause).replace(/^Error: /, '')}`;
}

/** The files that a pipeline's folder lacks, as problems of its config. */
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

/** Relative to the current directory when it is below it. */
export function shownPath(path: string): string {
  const fromHere = relative(process.cwd(), resolve(path));
  return fromHere.startsWith('..') ? path : fromHere;
}
