/** The content of a file: its bytes, or the path of a file on disk. */
export type OutputContent = Uint8Array | string;

/** Where a file goes, and what it is. */
export interface OutputFile {
  /** `<collection>/<item id>/<file>`, without a slash at either end. */
  readonly name: string;
  /** Media type. */
  readonly type: string;
  /** Gives the upload up. */
  readonly signal?: AbortSignal | undefined;
}

/** Keeps the files that a pipeline makes together with its Items, such as cloud-optimized copies. */
export interface OutputStore {
  /** Writes a file, or replaces it, and returns its href. Throws OutputError. */
  put(content: OutputContent, file: OutputFile): Promise<string>;
}
