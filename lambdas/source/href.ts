import { ReadError } from '../runtime/errors.js';
import { readFile } from './file.js';
import type { GranuleSource, SourceOptions } from './source.js';
import { readHttps } from './https.js';
import { S3Source } from './s3.js';

export type { ByteRange, GranuleSource } from './source.js';

/** Reads `s3://bucket/key`, `https://...` and absolute paths on disk. */
export function hrefSource({ requesterPays, region }: SourceOptions): GranuleSource {
  const s3 = new S3Source({ requesterPays, ...(region !== undefined && { region }) });
  return {
    read: async (href, range) => {
      if (href.startsWith('s3://')) return s3.read(href, range);
      if (/^https?:\/\//.test(href)) return readHttps(href, range);
      if (href.startsWith('/') || href.startsWith('file://')) return readFile(href, range);
      throw new ReadError(
        `'${href}' cannot be read: write s3://bucket/key, https://... or an absolute path`,
        { href, kind: 'permanent' },
      );
    },
  };
}

/** Reads hrefs that begin with `from` below `to` instead, and all others from `inner` as they are. */
export function mappedSource(
  inner: GranuleSource,
  { from, to }: { readonly from: string; readonly to: string },
): GranuleSource {
  const target = (href: string) => (href.startsWith(from) ? to + href.slice(from.length) : href);
  return { read: (href, range) => inner.read(target(href), range) };
}

/** `base` and `name` with exactly one slash between them. */
export function joinHref(base: string, name: string): string {
  return `${base.replace(/\/+$/, '')}/${name.replace(/^\/+/, '')}`;
}
