import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';

import { OutputError } from './whole-file.js';

const NEW_LINE = 0x0a;
const CHUNK_BYTES = 16 * 1024;
const FLUSH_BYTES = 256 * 1024;

/**
 * A file to which only whole lines are appended. Lines are buffered until `flush`. Opening the file truncates an
 * incomplete last line, which a killed process may have left. Every method throws OutputError if the file cannot be
 * written.
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

  /** Offset of the next line, in bytes. */
  get size(): number {
    return this.writtenBytes + this.pendingBytes;
  }

  /** Appends a line and returns its offset in bytes. */
  append(line: string): number {
    const offset = this.size;
    this.pending.push(line, '\n');
    this.pendingBytes += Buffer.byteLength(line) + 1;
    if (this.pendingBytes >= FLUSH_BYTES) this.flush();
    return offset;
  }

  /** Writes the buffered lines. If that fails, the file is truncated to the lines written before. */
  flush(): void {
    if (this.pendingBytes === 0) return;
    const bytes = Buffer.from(this.pending.join(''));
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.file, bytes, done, bytes.length - done, this.writtenBytes + done);
      }
    } catch (cause) {
      this.rollBack();
      throw new OutputError(this.path, cause);
    }
    this.writtenBytes += bytes.length;
    this.pending = [];
    this.pendingBytes = 0;
  }

  /** Flushes, and waits until the disk has the lines. */
  sync(): void {
    this.flush();
    attempt(this.path, () => {
      fsyncSync(this.file);
    });
  }

  /** Returns the line that starts at `offset`, without its line end. */
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

  private rollBack(): void {
    try {
      ftruncateSync(this.file, this.writtenBytes);
    } catch {
      // A device such as /dev/full cannot be truncated, but has not stored anything either.
    }
  }
}

/** Truncates the file after the last line end. Returns the new size. */
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
