import { PipelineError } from '../../lambdas/runtime/errors.js';
import { errorCode } from '../../lambdas/runtime/errors.js';

/** Thrown when the output folder cannot be written: not allowed, full, or not a folder. */
export class OutputError extends PipelineError {
  override readonly name = 'OutputError';

  constructor(path: string, cause: unknown) {
    super(`cannot write ${path}: ${reasonOf(cause)}`, { kind: 'transient', cause });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; choose another folder with --out',
  ENOENT: 'nothing can be made there; choose another folder with --out',
  EROFS: 'the file system is read-only; choose another folder with --out',
  ENOSPC: 'the disk is full; what was written before is whole, and the next run goes on from there',
  EDQUOT:
    'the quota is used up; what was written before is whole, and the next run goes on from there',
  EFBIG: 'the file would be larger than allowed; what was written before is whole',
  ENOTDIR: 'a part of the path is a file, not a folder; choose another folder with --out',
  EEXIST: 'a file stands where the folder should be; choose another folder with --out',
};

function reasonOf(cause: unknown): string {
  return (
    REASONS[errorCode(cause) ?? ''] ?? (cause instanceof Error ? cause.message : String(cause))
  );
}
