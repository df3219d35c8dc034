import { basename, dirname, resolve } from 'node:path';

import { joinHref } from '../../lambdas/source/href.js';
import type { HrefMap } from '../container/protocol.js';
import {
  type FoundGranule,
  type GranuleFinder,
  type Naming,
  namingsOf,
} from './granule-messages.js';
import { InputError } from './input-error.js';
import { assertFolder, walk } from './walk.js';

export interface FolderOptions {
  readonly finder: GranuleFinder;
  /** What hrefs begin with instead of the folder's own path. */
  readonly hrefPrefix?: string | undefined;
}

export interface FolderGranules {
  readonly bodies: AsyncIterable<string>;
  readonly hrefMap: HrefMap;
  readonly sourceMap?: HrefMap;
}

/** Where keys begin: at the folder, or beside it where the folder is itself one granule. */
interface Root {
  readonly folder: string;
  readonly base: string;
  readonly prefix: string;
}

/** The granules below a folder, as the pipeline finds them by its files' names. Throws InputError where there is none. */
export async function granulesBelow(
  path: string,
  { finder, hrefPrefix }: FolderOptions,
): Promise<FolderGranules> {
  const folder = resolve(path);
  await assertFolder(path, '--granules');
  const roots: Root[] = [
    { folder, base: folder, prefix: '' },
    { folder, base: dirname(folder), prefix: `${basename(folder)}/` },
  ];
  const namings = namingsOf(finder);
  for (const root of roots) {
    const found = await tryFindFirst(root, namings);
    if (found)
      return { bodies: bodiesOf(root, found.naming), ...mapsOf(found.from, root, hrefPrefix) };
  }
  throw new InputError(
    `--granules '${path}' holds no granule: none of its file names is one that the pipeline knows`,
  );
}

interface FirstGranule {
  readonly naming: Naming;
  /** What stands before the key in its href. */
  readonly from: string;
}

async function tryFindFirst(
  { folder, prefix }: Root,
  namings: readonly Naming[],
): Promise<FirstGranule | undefined> {
  for await (const file of walk(folder)) {
    const key = prefix + file.key;
    for (const naming of namings) {
      const granule = naming(key);
      const from = granule && hrefRoot(granule.href, key);
      if (from !== undefined) return { naming, from };
    }
  }
  return undefined;
}

async function* bodiesOf({ folder, prefix }: Root, naming: Naming): AsyncGenerator<string> {
  let last: FoundGranule | undefined;
  for await (const file of walk(folder)) {
    const granule = naming(prefix + file.key);
    if (!granule) continue;
    // A pipeline may see the same granule in several of its files, which stand beside one another.
    if (granule.body !== last?.body) yield granule.body;
    last = granule;
  }
}

/** An href names the file, or one of the folders that hold it. */
function hrefRoot(href: string, key: string): string | undefined {
  const plain = href.replace(/\/+$/, '');
  for (let part = key; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('/')))) {
    if (plain.endsWith(`/${part}`)) return plain.slice(0, -part.length);
  }
  return undefined;
}

function mapsOf(
  from: string,
  { base, prefix }: Root,
  hrefPrefix: string | undefined,
): Omit<FolderGranules, 'bodies'> {
  const below = joinHref(base, '');
  if (hrefPrefix === undefined) return { hrefMap: { from, to: below } };
  // A prefix may already name the one granule.
  const stem = joinHref(hrefPrefix, '');
  const to = prefix !== '' && stem.endsWith(`/${prefix}`) ? stem.slice(0, -prefix.length) : stem;
  return { hrefMap: { from, to }, sourceMap: { from: to, to: below } };
}
