import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { zipSync } from 'fflate';
import type { ZipAttributes, Zippable } from 'fflate';
import { BundleCache } from './cache.js';
import { LINK_RECIPE, linkEntries } from './link.js';
import type { LinkedEntry } from './link.js';
import { withoutExtension } from './esbuild.js';

export { BundleError } from './esbuild.js';

/** The deployment package of one entry: a zip of `<name>.mjs` and its source map. */
export interface Bundle {
  /** Name of the entry without extension: `app` for app.ts. The handler is `<name>.handler`. */
  readonly name: string;
  readonly zip: Uint8Array;
  /** SHA-256 of the zip in hexadecimal, for the name of the file. */
  readonly hash: string;
  /** The same SHA-256 in base64, for `source_code_hash`. */
  readonly hashBase64: string;
}

export interface BundleOptions {
  /** Absolute path of the project. */
  readonly root: string;
  /** Whether to reuse bundles of earlier runs, which are kept in node_modules/.cache. @default true */
  readonly cache?: boolean;
  /**
   * Whether esbuild bundles each entry whole, without the packages that are linked once for all entries
   * (shared-packages.ts). Slower with many pipelines and larger source maps, but nothing here touches the code.
   * @default true if the environment variable BUNDLE_WHOLE is 1
   */
  readonly whole?: boolean;
}

/**
 * Bundles entries. The bytes of a bundle depend on nothing but its sources and packages: not on the machine, and not on
 * the other entries. Throws BundleError with all errors of all entries.
 *
 * @param entries paths relative to `root`, as `pipelines/sentinel1/app.ts`
 * @returns the bundles by entry
 */
export async function bundleEntries(
  entries: readonly string[],
  { root, cache: useCache = true, whole = process.env['BUNDLE_WHOLE'] === '1' }: BundleOptions,
): Promise<ReadonlyMap<string, Bundle>> {
  const cache = useCache ? new BundleCache(root, recipe(whole)) : undefined;
  const bundles = new Map<string, Bundle>();
  for (const entry of entries) {
    const zip = cache?.tryFind(entry);
    if (zip) bundles.set(entry, toBundle(entry, zip));
  }
  const missing = entries.filter((entry) => !bundles.has(entry));
  for await (const linked of ahead(linkEntries(missing, { root, whole }))) {
    for (const one of linked) {
      const zip = zipOf(one);
      cache?.keep(one.entry, { zip, inputs: one.inputs });
      bundles.set(one.entry, toBundle(one.entry, zip));
    }
  }
  return bundles;
}

/** The earliest date of the zip format. fflate writes local time, so the bytes are the same in every time zone. */
const NO_TIME = new Date(1980, 0, 1, 12);
const UNIX = 3;
const REGULAR_FILE_0644 = 0o100644;
/** Level 1 gives 0.45 MB in 50 ms, level 9 gives 0.39 MB in 105 ms. */
const LEVEL = 1;

/** Identifies how bundles are made, so that the cache never returns one that was made in another way. */
function recipe(whole: boolean): string {
  return JSON.stringify({ ...LINK_RECIPE, LEVEL, whole });
}

/** Requests the next value before yielding this one: esbuild's process links the next entries during zipping. */
async function* ahead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = source.next();
  for (let step = await next; step.done !== true; step = await next) {
    next = source.next();
    yield step.value;
  }
}

function zipOf({ entry, code, map }: LinkedEntry): Uint8Array {
  const name = nameOf(entry);
  return zipFiles({ [`${name}.mjs`]: code, [`${name}.mjs.map`]: map });
}

function toBundle(entry: string, zip: Uint8Array): Bundle {
  const digest = createHash('sha256').update(zip).digest();
  return {
    name: nameOf(entry),
    zip,
    hash: digest.toString('hex'),
    hashBase64: digest.toString('base64'),
  };
}

function nameOf(entry: string): string {
  return basename(withoutExtension(entry));
}

/** Zips files, sorted by name. Compresses in JavaScript, because the bytes of zlib differ between processors. */
export function zipFiles(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const attributes: ZipAttributes = { mtime: NO_TIME, os: UNIX, attrs: REGULAR_FILE_0644 << 16 };
  const sorted: Zippable = {};
  for (const name of Object.keys(files).sort())
    sorted[name] = [files[name] ?? new Uint8Array(), attributes];
  return zipSync(sorted, { level: LEVEL });
}
