import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../../..');

/** A file of the project by its path from the root. */
export interface ProjectFile {
  readonly file: string;
  readonly text: string;
}

/** Lists the files that Git tracks, and new ones that it does not ignore, by patterns such as `*.ts`. */
export function listFiles(...patterns: readonly string[]): string[] {
  const words = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns];
  const listed = execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' });
  const deleted = execFileSync('git', ['ls-files', '--deleted', '--', ...patterns], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const gone = new Set(deleted.split('\n'));
  return [...new Set(listed.split('\n'))].filter((file) => file !== '' && !gone.has(file));
}

export function readFiles(files: readonly string[]): ProjectFile[] {
  return files.map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
}
