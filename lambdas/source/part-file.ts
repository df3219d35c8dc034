import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../runtime/error-codes.js';
import { failureOf, ReadError } from '../runtime/errors.js';

interface Target {
  /** The object that is written, for the error texts. */
  readonly href: string;
  readonly path: string;
}

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);
/** The name does not fit on this disk, or a file is where a folder has to be, or the other way round. */
const PERMANENT: ReadonlySet<string> = new Set(['ENAMETOOLONG', 'ENOTDIR', 'EEXIST', 'EISDIR']);

/**
 * A file that has another name beside `path` while it is written, so that `path` never holds a part of an object. The
 * name is short, because that of the object may be as long as a disk allows. All methods but `discard` throw ReadError.
 */
export class PartFile {
  readonly #target: Target;
  readonly #temporary: string;
  readonly #handle: FileHandle;
  #bytes = 0;

  private constructor(target: Target, temporary: string, handle: FileHandle) {
    this.#target = target;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  /** Creates the folders of `path`, and the file. */
  static async create(target: Target): Promise<PartFile> {
    const folder = dirname(target.path);
    const temporary = join(folder, `.${randomUUID()}.part`);
    return withReason(target, 0, async () => {
      await mkdir(folder, { recursive: true });
      return new PartFile(target, temporary, await open(temporary, 'wx'));
    });
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  async append(chunk: Buffer): Promise<void> {
    await withReason(this.#target, this.#bytes, async () => {
      for (let done = 0; done < chunk.length;) {
        const part = chunk.subarray(done);
        const { bytesWritten } = await this.#handle.write(part, 0, part.length, this.#bytes);
        this.#bytes += bytesWritten;
        done += bytesWritten;
      }
    });
  }

  /** Removes what was written. */
  async restart(): Promise<void> {
    await withReason(this.#target, this.#bytes, () => this.#handle.truncate(0));
    this.#bytes = 0;
  }

  /** Gives the file its name. */
  async finish(): Promise<void> {
    await withReason(this.#target, this.#bytes, async () => {
      await this.#handle.close();
      await rename(this.#temporary, this.#target.path);
    });
  }

  /** Removes the file if it is not finished. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.#temporary, { force: true }).catch(() => undefined);
  }
}

async function withReason<T>(
  { href, path }: Target,
  bytes: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw writeError({ href, path }, bytes, cause);
  }
}

/** Returns the error for an object that cannot be written to disk. @param bytes how much of it was written */
export function writeError({ href, path }: Target, bytes: number, cause: unknown): ReadError {
  const code = errorCode(cause) ?? 'unknown';
  const kind = PERMANENT.has(code) ? 'permanent' : 'transient';
  const reason = FULL.has(code)
    ? `no space is left on the disk after ${bytes} bytes (${code}): increase scratch_mb, or free space if this is not a function`
    : failureOf(cause).message;
  return new ReadError(`${href}: cannot be written to ${path}: ${reason}`, { href, kind, cause });
}
