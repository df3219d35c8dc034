/** A part of an object, in bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface GranuleSource {
  /**
   * The bytes of an object, or those of `range` (fewer at the object's end). Throws ReadError: permanent where the
   * object does not exist or is too large to be metadata, transient otherwise.
   */
  read(href: string, range?: ByteRange): Promise<Uint8Array>;
}

/** What is read here is metadata: a larger object is a mistake that would only fill the memory. */
export const MAX_READ_BYTES = 64 * 1024 * 1024;

export interface SourceOptions {
  /** The reader pays for requests to S3 and for the transfer. */
  readonly requesterPays: boolean;
  /** Of the buckets that are read; another region costs one redirect. */
  readonly region?: string;
}
