import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Fields of the file extension that follow from the content of a file. */
export interface FileFields {
  /** Bytes. */
  readonly 'file:size': number;
  /** Multihash in hexadecimal: 12 for SHA-256, 20 for 32 bytes, and the hash. */
  readonly 'file:checksum': string;
}

/** @see https://github.com/stac-extensions/file/blob/v2.1.0/README.md */
export const FILE_EXTENSION = 'https://stac-extensions.github.io/file/v2.1.0/schema.json';

/** Reads a file on disk and returns its size and checksum. */
export async function fileFields(path: string): Promise<FileFields> {
  const hash = createHash('sha256');
  const { size } = await stat(path);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { 'file:size': size, 'file:checksum': `1220${hash.digest('hex')}` };
}
