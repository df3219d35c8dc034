import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { GranuleSource } from '../../lambdas/source/source.js';

const nothing = () => Promise.reject(new Error('nothing to read'));

/**
 * Returns a source that reads by this function, and downloads what it returns.
 * @example
 * const source = readSource((href) => Promise.resolve(Buffer.from(`content of ${href}`)));
 */
export function readSource(read: GranuleSource['read'] = nothing): GranuleSource {
  return {
    read,
    download: async (href, path) => {
      const bytes = await read(href);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    },
  };
}
