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
import { withoutTrailingSlashes } from '../../lambdas/runtime/text.js';

export interface FolderOptions {
  readonly finder: GranuleFinder;
  /** Replaces the path of the folder in hrefs. @default the path of the folder */
  readonly hrefPrefix?: string | undefined;
}

export interface FolderGranules {
  /** One message per granule. */
  readonly bodies: AsyncIterable<string>;
  /** Maps the hrefs of the messages to the hrefs of the Items. */
  readonly hrefMap: HrefMap;
  /** Maps the hrefs of the Items to paths on disk, if `hrefPrefix` is given. */
  readonly sourceMap?: HrefMap;
}

/** The folder that keys are relative to: the folder itself, or its parent if the folder is a single granule. */
interface Root {
  readonly folder: string;
  readonly base: string;
  readonly prefix: string;
}

/** Finds the granules below a folder: the pipeline recognizes them by file name. Throws InputError if there are none. */
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
    `--granules '${path}' contains no granule: the pipeline recognizes none of its file names`,
  );
}

interface FirstGranule {
  readonly naming: Naming;
  /** The part of the href before the key. */
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
    // A pipeline may recognize the same granule in several of its files, which follow one another.
    if (granule.body !== last?.body) yield granule.body;
    last = granule;
  }
}

/** Returns the part of `href` before `key` or a parent folder of `key`, or undefined if the href names neither. */
function hrefRoot(href: string, key: string): string | undefined {
  const plain = withoutTrailingSlashes(href);
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
  // The prefix may already end with the name of the single granule.
  const stem = joinHref(hrefPrefix, '');
  const to = prefix !== '' && stem.endsWith(`/${prefix}`) ? stem.slice(0, -prefix.length) : stem;
  return { hrefMap: { from, to }, sourceMap: { from: to, to: below } };
}
