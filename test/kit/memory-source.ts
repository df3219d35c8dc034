import { ReadError } from '../../lambdas/runtime/errors.js';
import type { ByteRange, GranuleSource } from '../../lambdas/source/href.js';
import { readSource } from './read-source.js';

export interface MemorySource extends GranuleSource {
  /** Reads and downloads so far, in order. */
  readonly reads: { readonly href: string; readonly range?: ByteRange | undefined }[];
}

/**
 * Returns a source with these files by href; reading another href fails as a missing object does.
 * @example
 * const source = memorySource({ 's3://waves/1/meta.xml': '<meta/>' });
 * const { items } = await runBatch(handler, ['1/meta.xml'], { source });
 */
export function memorySource(files: Readonly<Record<string, string | Uint8Array>>): MemorySource {
  const reads: MemorySource['reads'] = [];
  const read: GranuleSource['read'] = (href, range) => {
    reads.push({ href, range });
    const content = Object.hasOwn(files, href) ? files[href] : undefined;
    if (content === undefined) {
      return Promise.reject(
        new ReadError(`${href}: cannot be read: no such file`, {
          href,
          kind: 'permanent',
          missing: true,
        }),
      );
    }
    const bytes = Buffer.from(content);
    return Promise.resolve(
      range ? bytes.subarray(range.offset, range.offset + range.length) : bytes,
    );
  };
  return Object.assign(readSource(read), { reads });
}
