import { ReadError } from '../runtime/errors.js';
import { downloadFile } from './file-download.js';
import { readFile } from './file.js';
import { downloadHttps } from './https-download.js';
import type { AbortableSource, SourceOptions } from './source.js';
import { readHttps } from './https.js';
import { S3Source } from './s3.js';
import { withoutTrailingSlashes } from '../runtime/text.js';

export type { ByteRange, GranuleSource } from './source.js';

/**
 * Returns a source that reads s3://bucket/key, http(s) URLs, and absolute paths and file:// URLs of this machine. It
 * throws ReadError, also for any other href.
 *
 * @example
 * const source = hrefSource({ requesterPays: true, region: 'eu-central-1' });
 * const bytes = await source.read('s3://sentinel-s1-l1c/GRD/2022/11/30/manifest.safe');
 */
export function hrefSource({ requesterPays, region }: SourceOptions): AbortableSource {
  const s3 = new S3Source({ requesterPays, ...(region !== undefined && { region }) });
  return {
    read: async (href, range, signal) => {
      switch (placeOf(href)) {
        case 's3':
          return s3.read(href, range, signal);
        case 'web':
          return readHttps(href, range, signal);
        case 'disk':
          return readFile(href, range);
      }
    },
    download: async (href, path, signal) => {
      switch (placeOf(href)) {
        case 's3':
          return s3.download(href, path, signal);
        case 'web':
          return downloadHttps(href, path, signal);
        case 'disk':
          return downloadFile(href, path, signal);
      }
    },
  };
}

function placeOf(href: string): 's3' | 'web' | 'disk' {
  if (href.startsWith('s3://')) return 's3';
  if (/^https?:\/\//.test(href)) return 'web';
  if (href.startsWith('/') || href.startsWith('file://')) return 'disk';
  throw new ReadError(
    `'${href}' cannot be read: use s3://bucket/key, https://... or an absolute path`,
    { href, kind: 'permanent' },
  );
}

/** Returns a source that replaces the prefix `from` of an href by `to`, and reads other hrefs unchanged. */
export function mappedSource(
  inner: AbortableSource,
  { from, to }: { readonly from: string; readonly to: string },
): AbortableSource {
  const target = (href: string) => (href.startsWith(from) ? to + href.slice(from.length) : href);
  return {
    read: (href, range, signal) => inner.read(target(href), range, signal),
    download: (href, path, signal) => inner.download(target(href), path, signal),
  };
}

/**
 * Joins `base` and `name` with exactly one slash. It does not resolve `..` and encodes nothing, so it is safe for S3 keys.
 *
 * @example
 * joinHref('s3://bucket/granule/', '/annotation/vv.xml'); // 's3://bucket/granule/annotation/vv.xml'
 */
export function joinHref(base: string, name: string): string {
  return `${withoutTrailingSlashes(base)}/${name.replace(/^\/+/, '')}`;
}
