import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { BundleCache } from './cache.js';
import { LINK_RECIPE, linkEntries } from './link.js';
import type { LinkedEntry } from './link.js';
import { withoutExtension } from './esbuild.js';
import { LEVEL, zipFiles } from './zip-files.js';

export { BundleError } from './esbuild.js';

/** One entry of a pipeline as Lambda takes it: a zip of `<name>.mjs` and its source map. */
export interface Bundle {
  /** Name of the entry without extension: `app` for app.ts; the handler is `<name>.handler`. */
  readonly name: string;
  readonly zip: Uint8Array;
  /** SHA-256 of the zip in hexadecimal; names the file. */
  readonly hash: string;
  /** The same SHA-256 in base64, as Lambda's `source_code_hash` wants it. */
  readonly hashBase64: string;
}

export interface BundleOptions {
  /** Folder of the project, absolute. */
  readonly root: string;
  /** Whether bundles of earlier runs may be taken, kept in node_modules/.cache. @default true */
  readonly cache?: boolean;
}

/**
 * Bundles entries, byte-identical on every machine and in whatever company: paths are relative to `root`, and a zip
 * holds no times, owners or modes of the machine. Throws BundleError with every fault of the entries built together.
 *
 * @param entries paths relative to `root`, as `pipelines/sentinel1/app.ts`
 * @returns bundles by entry
 */
export async function bundleEntries(
  entries: readonly string[],
  { root, cache: useCache = true }: BundleOptions,
): Promise<ReadonlyMap<string, Bundle>> {
  const cache = useCache ? new BundleCache(root, RECIPE) : undefined;
  const bundles = new Map<string, Bundle>();
  for (const entry of entries) {
    const zip = cache?.tryFind(entry);
    if (zip) bundles.set(entry, toBundle(entry, zip));
  }
  const missing = entries.filter((entry) => !bundles.has(entry));
  for await (const linked of ahead(linkEntries(missing, root))) {
    for (const one of linked) {
      const zip = zipOf(one);
      cache?.keep(one.entry, { zip, inputs: one.inputs });
      bundles.set(one.entry, toBundle(one.entry, zip));
    }
  }
  return bundles;
}

const RECIPE = JSON.stringify({ ...LINK_RECIPE, LEVEL });

/** esbuild is a process of its own: it links the next entries while these are zipped. */
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
