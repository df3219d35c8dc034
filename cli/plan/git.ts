import { runChild } from '../shared/child.js';
import { UsageError } from '../shared/usage-error.js';

/** The commit that a ref names. Throws UsageError with how to get it where it is not in this clone. */
export async function commitOf(ref: string, root: string): Promise<string> {
  const inside = await git(['rev-parse', '--is-inside-work-tree'], root);
  if (inside.code !== 0) throw new UsageError(`${root} is no clone of a git repository`);
  const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  const { code, stdout } = await git(words, root);
  if (code === 0) return stdout.trim();
  const shallow = await git(['rev-parse', '--is-shallow-repository'], root);
  const given = JSON.stringify(ref);
  if (shallow.stdout.trim() === 'true') {
    throw new UsageError(
      `the clone is shallow and holds no commit ${given}: run git fetch --unshallow, or give actions/checkout a fetch-depth of 0`,
    );
  }
  throw new UsageError(
    `there is no commit ${given} in this clone: fetch it first, as in git fetch origin, and give a branch as origin/<branch>`,
  );
}

/** Checks a commit out into `folder`, beside the clone's own files. Throws Error with git's words. */
export async function addWorktree(
  folder: string,
  { commit, root }: { readonly commit: string; readonly root: string },
): Promise<void> {
  const { code, stderr } = await git(
    ['worktree', 'add', '--detach', '--quiet', folder, commit],
    root,
  );
  if (code !== 0) throw new Error(`git worktree add failed: ${stderr.trim()}`);
}

export async function removeWorktree(folder: string, root: string): Promise<void> {
  await git(['worktree', 'remove', '--force', folder], root);
}

function git(words: readonly string[], root: string) {
  return runChild('git', words, { cwd: root });
}
