/** A part of an object, in bytes. */
export interface ByteRange {
  /** Number of bytes to skip. */
  readonly offset: number;
  readonly length: number;
}

/** Reads the files of a granule, wherever they are. createItem receives one as `source`. */
export interface GranuleSource {
  /**
   * Returns the bytes of an object, or of a part of it (fewer bytes at the end of the object). `href` is
   * s3://bucket/key, an http(s) URL or an absolute path.
   *
   * Throws ReadError: permanent if a retry cannot help (the object does not exist, or is larger than 64 MiB in S3),
   * otherwise transient.
   *
   * @example
   * const xml = decodeText(await source.read('s3://bucket/granule/manifest.xml'));
   * const head = await source.read('s3://bucket/granule/image.tif', { offset: 0, length: 16384 });
   */
  read(href: string, range?: ByteRange): Promise<Uint8Array>;

  /**
   * Writes a whole object of any size to the file `path`, without holding it in memory. Creates the folders of `path`
   * and replaces a file that is there. A transfer that breaks off continues where it ended. `path` never holds a part of
   * the object: until it is whole, it is in a file with another name beside it.
   *
   * Throws ReadError, with the reasons of `read`; also, transient, if the disk is full.
   *
   * @example
   * await source.download('s3://bucket/2024/sst.nc', '/tmp/granule/2024/sst.nc');
   */
  download(href: string, path: string): Promise<void>;
}

/** A source whose reads and downloads can be given up. A GranuleSource is one that ignores the signal. */
export interface AbortableSource {
  /** Reads as GranuleSource does. If `signal` is aborted, the read ends, frees its socket and throws ReadError. */
  read(href: string, range?: ByteRange, signal?: AbortSignal): Promise<Uint8Array>;
  /** Downloads as GranuleSource does. If `signal` is aborted, the part of the file is removed, too. */
  download(href: string, path: string, signal?: AbortSignal): Promise<void>;
}

/** Runs one read or download of a source, and may do something before and after it. */
export type AroundAccess = <T>(
  access: { readonly href: string; readonly what: 'read' | 'download' },
  run: () => Promise<T>,
) => Promise<T>;

/** Returns a source whose every read and download from `inner` runs within `around`, and is given up with `signal`. */
export function wrappedSource(
  inner: AbortableSource,
  around: AroundAccess,
  signal?: AbortSignal,
): GranuleSource {
  return {
    read: (href, range) =>
      unawaited(around({ href, what: 'read' }, () => inner.read(href, range, signal))),
    download: (href, path) =>
      unawaited(around({ href, what: 'download' }, () => inner.download(href, path, signal))),
  };
}

/** createItem may end without waiting for a read; when that one fails or is given up, it must not end the process. */
function unawaited<T>(access: Promise<T>): Promise<T> {
  access.catch(() => undefined);
  return access;
}

/** Maximum size of a read. Metadata files are smaller; a larger file is read by mistake and would exhaust the memory. */
export const MAX_READ_BYTES = 64 * 1024 * 1024;

export interface SourceOptions {
  /** Whether the reader pays for requests to S3 and for the transfer. */
  readonly requesterPays: boolean;
  /** Region of the buckets. A bucket in another region costs one redirect. @default the region of the environment */
  readonly region?: string;
}
