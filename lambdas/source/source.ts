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
}

/** A source whose reads can be given up. A GranuleSource is one that ignores the signal. */
export interface AbortableSource {
  /** Reads as GranuleSource does. If `signal` is aborted, the read ends, frees its socket and throws ReadError. */
  read(href: string, range?: ByteRange, signal?: AbortSignal): Promise<Uint8Array>;
}

/** Maximum size of a read. Metadata files are smaller; a larger file is read by mistake and would exhaust the memory. */
export const MAX_READ_BYTES = 64 * 1024 * 1024;

export interface SourceOptions {
  /** Whether the reader pays for requests to S3 and for the transfer. */
  readonly requesterPays: boolean;
  /** Region of the buckets. A bucket in another region costs one redirect. @default the region of the environment */
  readonly region?: string;
}
