import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

import { OutputError } from './output-error.js';

const NEW_LINE = 0x0a;
const CHUNK_BYTES = 16 * 1024;
const FLUSH_BYTES = 256 * 1024;

/**
 * A file to which only whole lines are appended. Lines wait in memory until `flush`; a line that a killed process
 * left torn is cut off when the file is opened.
 */
export class LineFile {
  private readonly file: number;
  private pending: string[] = [];
  private pendingBytes = 0;
  private writtenBytes: number;

  constructor(
    private readonly path: string,
    { fresh }: { readonly fresh: boolean },
  ) {
    this.file = attempt(path, () => openSync(path, fresh ? 'w+' : 'a+'));
    this.writtenBytes = attempt(path, () => repair(this.file));
  }

  /** Where the next line will begin, in bytes. */
  get size(): number {
    return this.writtenBytes + this.pendingBytes;
  }

  /** @returns where the line begins, in bytes */
  append(line: string): number {
    const offset = this.size;
    this.pending.push(line, '\n');
    this.pendingBytes += Buffer.byteLength(line) + 1;
    if (this.pendingBytes >= FLUSH_BYTES) this.flush();
    return offset;
  }

  /** Throws OutputError; the file then ends with the last line that was written whole before. */
  flush(): void {
    if (this.pendingBytes === 0) return;
    const bytes = Buffer.from(this.pending.join(''));
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.file, bytes, done, bytes.length - done, this.writtenBytes + done);
      }
    } catch (cause) {
      this.takeBack();
      throw new OutputError(this.path, cause);
    }
    this.writtenBytes += bytes.length;
    this.pending = [];
    this.pendingBytes = 0;
  }

  /** The line that begins at `offset`, without its end. */
  readLine(offset: number): string {
    this.flush();
    const chunks: Buffer[] = [];
    for (let at = offset; ; at += CHUNK_BYTES) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const count = readSync(this.file, chunk, 0, CHUNK_BYTES, at);
      const end = chunk.subarray(0, count).indexOf(NEW_LINE);
      chunks.push(chunk.subarray(0, end < 0 ? count : end));
      if (end >= 0 || count < CHUNK_BYTES) return Buffer.concat(chunks).toString('utf8');
    }
  }

  close(): void {
    closeSync(this.file);
  }

  private takeBack(): void {
    try {
      ftruncateSync(this.file, this.writtenBytes);
    } catch {
      // A device that can't be cut (/dev/full) took nothing either.
    }
  }
}

/** Cuts off what follows the last line end. */
function repair(file: number): number {
  const { size } = fstatSync(file);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let end = size; end > 0; end -= Math.min(end, CHUNK_BYTES)) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const count = readSync(file, chunk, 0, end - start, start);
    const last = chunk.subarray(0, count).lastIndexOf(NEW_LINE);
    if (last < 0) continue;
    if (start + last + 1 < size) ftruncateSync(file, start + last + 1);
    return start + last + 1;
  }
  if (size > 0) ftruncateSync(file, 0);
  return 0;
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new OutputError(path, cause);
  }
}
