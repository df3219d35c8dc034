import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from '../shared/child.js';
import { CommandError, UsageError } from '../shared/command.js';

/** Resolves a ref to a commit. Throws UsageError, with how to fetch it, if this clone does not contain it. */
export async function commitOf(ref: string, root: string): Promise<string> {
  const inside = await git(['rev-parse', '--is-inside-work-tree'], root);
  if (inside.code !== 0) throw new UsageError(`${root} is not a git repository`);
  const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  const { code, stdout } = await git(words, root);
  if (code === 0) return stdout.trim();
  const shallow = await git(['rev-parse', '--is-shallow-repository'], root);
  const given = JSON.stringify(ref);
  if (shallow.stdout.trim() === 'true') {
    throw new UsageError(
      `this shallow clone does not contain the commit ${given}: run git fetch --unshallow, or set fetch-depth: 0 for actions/checkout`,
    );
  }
  throw new UsageError(
    `this clone does not contain the commit ${given}: run git fetch origin, and refer to a branch as origin/<branch>`,
  );
}

/** Returns the paths of the files in a folder of a commit, relative to the folder. Throws CommandError with git's message. */
export async function filesIn(
  folder: string,
  { commit, root }: { readonly commit: string; readonly root: string },
): Promise<readonly string[]> {
  const words = ['ls-tree', '-r', '-z', '--name-only', commit, '--', `${folder}/`];
  const { code, stdout, stderr } = await git(words, root);
  if (code !== 0) throw new CommandError(`git ls-tree failed: ${stderr.trim()}`);
  return stdout
    .split('\0')
    .filter((path) => path !== '')
    .map((path) => path.slice(folder.length + 1));
}

/**
 * Checks out a commit into a temporary folder as an additional worktree, and removes both after `use`. Throws CommandError
 * with git's message.
 */
export async function inWorktree<T>(
  { commit, root }: { readonly commit: string; readonly root: string },
  use: (base: string) => Promise<T> | T,
): Promise<T> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'plan-base-'));
  const base = join(folder, 'base');
  try {
    await addWorktree(base, { commit, root });
    return await use(base);
  } finally {
    await git(['worktree', 'remove', '--force', base], root);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function addWorktree(
  folder: string,
  { commit, root }: { readonly commit: string; readonly root: string },
): Promise<void> {
  const { code, stderr } = await git(
    ['worktree', 'add', '--detach', '--quiet', folder, commit],
    root,
  );
  if (code !== 0) throw new CommandError(`git worktree add failed: ${stderr.trim()}`);
}

function git(words: readonly string[], root: string) {
  return runChild('git', words, { cwd: root });
}
