import { ReadError } from '../../lambdas/runtime/errors.js';
import type { ByteRange, GranuleSource } from '../../lambdas/source/href.js';

export interface MemorySource extends GranuleSource {
  /** What was read, in its order. */
  readonly reads: { readonly href: string; readonly range?: ByteRange | undefined }[];
}

/** Files by their hrefs; any other href does not exist. */
export function memorySource(files: Readonly<Record<string, string | Uint8Array>>): MemorySource {
  const reads: MemorySource['reads'] = [];
  return {
    reads,
    read: (href, range) => {
      reads.push({ href, range });
      const content = Object.hasOwn(files, href) ? files[href] : undefined;
      if (content === undefined) {
        return Promise.reject(
          new ReadError(`${href}: cannot be read: no such file`, { href, kind: 'permanent' }),
        );
      }
      const bytes = Buffer.from(content);
      return Promise.resolve(
        range ? bytes.subarray(range.offset, range.offset + range.length) : bytes,
      );
    },
  };
}
