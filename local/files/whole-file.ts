import { renameSync, rmSync, writeFileSync } from 'node:fs';

import { errorCode } from '../../lambdas/runtime/error-codes.js';
import { PipelineError } from '../../lambdas/runtime/errors.js';

/** Writes a file atomically: a reader sees either the old content or the new content. Throws OutputError. */
export function writeWhole(path: string, content: string): void {
  const temporary = `${path}.part`;
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw new OutputError(path, cause);
  }
}

/** Thrown when a file of the output folder cannot be written. */
export class OutputError extends PipelineError {
  override readonly name = 'OutputError';

  constructor(path: string, cause: unknown) {
    super(`cannot write ${path}: ${reasonOf(cause)}`, { kind: 'transient', cause });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; choose another folder with --out',
  ENOENT: 'the folder cannot be created there; choose another folder with --out',
  EROFS: 'the file system is read-only; choose another folder with --out',
  ENOSPC:
    'the disk is full; everything written so far is intact, and the next run resumes from there',
  EDQUOT:
    'the disk quota is exceeded; everything written so far is intact, and the next run resumes from there',
  EFBIG: 'the file would exceed the maximum file size; everything written so far is intact',
  ENOTDIR: 'part of the path is a file, not a folder; choose another folder with --out',
  EEXIST: 'a file with this name already exists; choose another folder with --out',
};

function reasonOf(cause: unknown): string {
  return (
    REASONS[errorCode(cause) ?? ''] ?? (cause instanceof Error ? cause.message : String(cause))
  );
}
