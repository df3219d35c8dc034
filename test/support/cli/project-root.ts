import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipelineFolder, yamlOf } from '../stacks/config-folder.js';

const CODE = ['modules', 'lambdas'];
const LINKS = [...CODE, 'local', 'node_modules'];
const FILES = ['main.ts', 'cdktf.json', 'package.json', 'tsconfig.json'];

/** Creates a project with the single pipeline `waves`, links to this project's code, and the given files by path. */
export function projectRoot(files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'project-'));
  for (const name of LINKS) symlinkSync(join(process.cwd(), name), join(root, name));
  for (const name of FILES) cpSync(name, join(root, name));
  mkdirSync(join(root, 'pipelines'));
  renameSync(pipelineFolder(yamlOf({})), join(root, 'pipelines/waves'));
  writeFiles(root, files);
  return root;
}

export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** Creates a git repository with one commit: a copy of the code, the given files, and `more` files of this project. */
export function gitProject(
  files: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): string {
  const root = mkdtempSync(join(tmpdir(), 'history-'));
  for (const name of [...CODE, ...FILES, ...more])
    cpSync(name, join(root, name), { recursive: true });
  symlinkSync(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
  writeFiles(root, { '.gitignore': 'node_modules\ncdktf.out\n', ...files });
  git(root, 'init', '--quiet');
  commitAll(root);
  return root;
}

export function commitAll(root: string): void {
  git(root, 'add', '--all');
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  git(root, ...who, 'commit', '--quiet', '--message', 'a change');
}

export function git(root: string, ...words: readonly string[]): string {
  return execFileSync('git', words, { cwd: root, encoding: 'utf8' });
}
