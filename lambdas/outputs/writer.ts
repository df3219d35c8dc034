import { isAbsolute } from 'node:path';
import { ConfigurationError, ValidationError } from '../runtime/errors.js';
import { excerpt } from '../runtime/text.js';
import { OutputError } from './error.js';
import { mediaTypeOf } from './media-types.js';
import type { OutputContent, OutputStore } from './store.js';

export interface OutputOptions {
  /** Media type. @default by the ending of the name */
  readonly type?: string | undefined;
}

/** Writes files beside the Items of a granule. createItem receives one as `output`. */
export interface OutputWriter {
  /** Whether config.yaml has `outputs`. */
  readonly isConfigured: boolean;
  /**
   * Writes a file to `<outputs>/<collection>/<name>` and returns its href. Another attempt at the same granule replaces it.
   * The Items are posted after all of their files are written.
   *
   * Throws OutputError, and ConfigurationError if config.yaml has no `outputs`.
   *
   * @param name `<item id>/<file>`: the id of one of the granule's Items (as in a URL: encodeURIComponent), and the name
   *   of the file, which may have folders
   * @param content the bytes, or the absolute path of a file on disk
   *
   * @example
   * const href = await output.write(`${id}/sst.tif`, bytes, {
   *   type: 'image/tiff; application=geotiff; profile=cloud-optimized',
   * });
   */
  write(name: string, content: OutputContent, options?: OutputOptions): Promise<string>;
}

interface GranuleOutput extends OutputWriter {
  /** Throws ValidationError if a file was written for an Item that the granule does not have. */
  checkItems(ids: readonly string[]): void;
}

interface GranuleOutputOptions {
  /** Undefined if config.yaml has no `outputs`. */
  readonly store: OutputStore | undefined;
  readonly collectionId: string;
  readonly signal?: AbortSignal | undefined;
}

/** Returns the writer for one granule. */
export function granuleOutput({
  store,
  collectionId,
  signal,
}: GranuleOutputOptions): GranuleOutput {
  const written = new Set<string>();
  return {
    isConfigured: store !== undefined,
    write: async (name, content, { type = mediaTypeOf(name) } = {}) => {
      if (store === undefined) throw notConfigured(name);
      checkName(name);
      if (typeof content === 'string' && !isAbsolute(content)) throw relativePath(name, content);
      written.add(name);
      return store.put(content, { name: `${collectionId}/${name}`, type, signal });
    },
    checkItems: (ids) => {
      const folders = ids.map((id) => `${encodeURIComponent(id)}/`);
      const stray = [...written].filter((name) => !folders.some((one) => name.startsWith(one)));
      if (stray.length === 0) return;
      const own = folders.length === 0 ? 'it has no Items' : `its Items have ${folders.join(', ')}`;
      throw new ValidationError(
        'The files written for the granule',
        stray.map((name) => `'${name}' does not start with the id of an Item (${own})`),
        'do not belong to its Items',
      );
    },
  };
}

/** A name that leaves the folder of its Item could replace the files of another. */
function checkName(name: string): void {
  const segments = name.split('/');
  const isPlain = segments.every(
    (segment) => segment !== '' && segment !== '.' && segment !== '..' && !/\p{Cc}/u.test(segment),
  );
  if (isPlain && segments.length > 1) return;
  throw new OutputError(
    `'${excerpt(name)}' is not the name of an output: use <item id>/<file>, without empty parts, . and ..`,
    { kind: 'permanent' },
  );
}

function relativePath(name: string, path: string): OutputError {
  return new OutputError(
    `'${excerpt(name)}' cannot be written from the path '${excerpt(path)}': pass an absolute path`,
    { kind: 'permanent' },
  );
}

function notConfigured(name: string): ConfigurationError {
  return new ConfigurationError(
    `'${excerpt(name)}' cannot be written: add outputs (s3://bucket/prefix) to config.yaml`,
  );
}
