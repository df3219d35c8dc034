import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

import { joinHref } from '../../lambdas/source/href.js';
import type { HrefMap } from '../container/protocol.js';
import {
  type FoundGranule,
  type GranuleFinder,
  type Naming,
  namingsOf,
} from './granule-messages.js';
import { Archives, archivesIn } from './archives.js';
import { InputError } from './input-error.js';
import { assertFolder, walk } from './walk.js';
import { withoutTrailingSlashes } from '../../lambdas/runtime/text.js';

export interface FolderOptions {
  readonly finder: GranuleFinder;
  /** Replaces the path of the folder in hrefs. @default the path of the folder */
  readonly hrefPrefix?: string | undefined;
  /** Receives a sentence about archives beside the granules, which are not read. */
  readonly note?: (sentence: string) => void;
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
  { finder, hrefPrefix, note = () => undefined }: FolderOptions,
): Promise<FolderGranules> {
  const folder = resolve(path);
  await assertFolder(path, '--granules');
  const roots: Root[] = [
    { folder, base: folder, prefix: '' },
    { folder, base: dirname(folder), prefix: `${basename(folder)}/` },
  ];
  const { naming, from, root } = await findNaming(path, roots, namingsOf(finder));
  const report = (archives: string) => {
    note(`--granules '${path}' also has ${archives}`);
  };
  return { bodies: bodiesOf(root, naming, report), ...mapsOf(from, root, hrefPrefix) };
}

interface Candidate {
  readonly root: Root;
  readonly naming: Naming;
  readonly key: string;
  readonly href: string;
  /** The part of the href that the folder stands for; undefined if the href is not below it. */
  readonly from: string | undefined;
  /** True if the href names the file or a folder of it, and not a sibling, which says less about where it begins. */
  readonly isNamed: boolean;
}

type Placed = Candidate & { readonly from: string };

/** Files that the pipeline recognizes, after which another place of the folder is tried. */
const MAX_CANDIDATES = 100;

/** Finds what the folder stands for: best if an href names the file itself, then if what the href names is in the folder. */
async function findNaming(
  path: string,
  roots: readonly Root[],
  namings: readonly Naming[],
): Promise<Placed> {
  const all: Candidate[] = [];
  for (const root of roots) {
    let count = 0;
    for await (const candidate of candidatesIn(root, namings)) {
      if (isPlaced(candidate) && candidate.isNamed) return candidate;
      all.push(candidate);
      if (++count === MAX_CANDIDATES) break;
    }
  }
  const placed = all.filter(isPlaced);
  const found =
    placed.find((each) => existsSync(diskPath(each))) ??
    placed.find((each) => existsSync(dirname(diskPath(each)))) ??
    placed[0];
  if (found) return found;
  const [first] = all;
  if (first) throw notThere(path, first);
  const archives = await archivesIn(resolve(path));
  const why = archives ? `, but ${archives}` : ': the pipeline recognizes none of its file names';
  throw new InputError(`--granules '${path}' contains no granule${why}`);
}

async function* candidatesIn(root: Root, namings: readonly Naming[]): AsyncGenerator<Candidate> {
  for await (const file of walk(root.folder)) {
    const key = root.prefix + file.key;
    for (const naming of namings) {
      const granule = naming(key);
      if (!granule) continue;
      const { href } = granule;
      const named = hrefRoot(href, key);
      const from = named ?? siblingRoot(granule, key);
      yield { root, naming, key, href, from, isNamed: named !== undefined };
    }
  }
}

function isPlaced(candidate: Candidate): candidate is Placed {
  return candidate.from !== undefined;
}

function diskPath({ root, href, from }: Placed): string {
  return joinHref(root.base, href.slice(from.length));
}

function notThere(path: string, { key, href }: Candidate): InputError {
  return new InputError(
    `--granules '${path}' does not hold the granule of its file '${key}': that is ${href}. Arrange the folder as the bucket of the first source in config.yaml`,
  );
}

async function* bodiesOf(
  { folder, prefix }: Root,
  naming: Naming,
  report: (archives: string) => void,
): AsyncGenerator<string> {
  const archives = new Archives();
  let last: FoundGranule | undefined;
  for await (const file of walk(folder)) {
    const granule = naming(prefix + file.key);
    if (!granule) {
      archives.add(file.key, (name) => existsSync(joinHref(folder, name)));
      continue;
    }
    // A pipeline may recognize the same granule in several of its files, which follow one another.
    if (granule.body !== last?.body) yield granule.body;
    last = granule;
  }
  const found = archives.describe();
  if (found !== undefined) report(found);
}

/** Returns the part of `href` before `key` or a parent folder of `key`, or undefined if the href names neither. */
function hrefRoot(href: string, key: string): string | undefined {
  const plain = withoutTrailingSlashes(href);
  for (let part = key; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('/')))) {
    if (plain.endsWith(`/${part}`)) return plain.slice(0, -part.length);
  }
  return undefined;
}

/**
 * Returns the part of the href of another file that the folder stands for: the bucket, if the href is there, otherwise
 * what precedes the folder that both files share.
 */
function siblingRoot({ href, root }: FoundGranule, key: string): string | undefined {
  const froms = [...(href.startsWith(root) ? [root] : []), ...sharedRoots(href, key)];
  return froms.find((from) => isKey(href.slice(from.length)));
}

function sharedRoots(href: string, key: string): string[] {
  if (!key.includes('/')) return [href.slice(0, href.lastIndexOf('/') + 1)];
  const names = key.split('/').slice(0, -1);
  const folders = names.map((_, index) => `/${names.slice(0, names.length - index).join('/')}/`);
  return folders
    .filter((folder) => href.includes(folder))
    .map((folder) => href.slice(0, href.lastIndexOf(folder) + 1));
}

function isKey(text: string): boolean {
  return withoutTrailingSlashes(text)
    .split('/')
    .every((name) => !['', '.', '..'].includes(name));
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
