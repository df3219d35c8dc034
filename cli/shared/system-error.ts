import { errorCode } from '../../lambdas/runtime/error-codes.js';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the disk quota is exceeded',
  EEXIST: 'a file with this name exists already',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'it is a symbolic link to itself',
  EMFILE: 'too many files are open',
  ENOENT: 'it does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EPERM: 'the operation is not permitted',
  EROFS: 'the file system is read-only',
};

/** The calls that change a file or a folder; the others read it. */
const WRITES = /^(?:mkdir|rename|unlink|rmdir|symlink|write|ftruncate|copyfile|link|chmod)/;

/** Returns why the operating system refused a call, in words; undefined for other errors. */
export function systemReason(error: unknown): string | undefined {
  return REASONS[errorCode(error) ?? ''];
}

/** Returns a sentence with the path, for a file or a folder that cannot be read or written; undefined for other errors. */
export function systemSentence(error: unknown): string | undefined {
  const reason = systemReason(error);
  if (reason === undefined) return undefined;
  const { path, syscall = '' } = error as NodeJS.ErrnoException;
  if (path === undefined) return undefined;
  return `${path} cannot be ${WRITES.test(syscall) ? 'written' : 'read'}: ${reason}`;
}
