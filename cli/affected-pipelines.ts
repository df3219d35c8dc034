import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../modules/config-error.js';
import { listPipelines } from '../modules/pipeline-folder.js';
import { runChild } from './child.js';
import { addWorktree, removeWorktree } from './git.js';
import { tryFingerprint } from './stack-fingerprint.js';
import { stackFolder, trySynthesize } from './synth-stacks.js';

export interface Affected {
  /** Pipelines whose stack or code differs, or that are new. */
  readonly affected: readonly string[];
  /** Pipelines that are in the base only. */
  readonly gone: readonly string[];
  /** Why all are affected: the base could not be looked at. */
  readonly unknown?: string;
}

interface Comparison {
  /** The project as it is, with what is not committed. */
  readonly root: string;
  readonly commit: string;
  readonly say: (sentence: string) => void;
}

// What a stack is called and where its state is matters to neither side.
const ENV = { PROJECT: 'affected', LOCAL_STATE: '1', BOOTSTRAP: '' };
const LOCK = 'package-lock.json';

/** Synthesizes the project as it is and as it was, and compares. Throws ConfigError where the present one can't be. */
export async function affectedPipelines({ root, commit, say }: Comparison): Promise<Affected> {
  const base = mkdtempSync(join(realpathSync(tmpdir()), 'affected-'));
  try {
    const problem = await trySynthesize(root, ENV);
    if (problem !== undefined)
      throw new ConfigError(["the project can't be synthesized:", problem]);
    await addWorktree(join(base, 'project'), { commit, root });
    return await compare(root, { base: join(base, 'project'), say });
  } finally {
    await removeWorktree(join(base, 'project'), root);
    rmSync(base, { recursive: true, force: true });
  }
}

async function compare(
  root: string,
  { base, say }: { readonly base: string; readonly say: Comparison['say'] },
): Promise<Affected> {
  const now = listPipelines(join(root, 'pipelines'));
  const before = listPipelines(join(base, 'pipelines'));
  const gone = before.filter((id) => !now.includes(id));
  const problem = (await tryInstall(base, { root, say })) ?? (await trySynthesize(base, ENV));
  if (problem !== undefined) return { affected: now, gone, unknown: problem };
  const affected = now.filter(
    (id) => tryFingerprint(stackFolder(root, id)) !== tryFingerprint(stackFolder(base, id)),
  );
  return { affected, gone };
}

/** The base takes our node_modules where it asks for the same; else it gets its own. Returns what went wrong. */
async function tryInstall(
  base: string,
  { root, say }: { readonly root: string; readonly say: Comparison['say'] },
): Promise<string | undefined> {
  if (lockIn(base) === lockIn(root)) {
    symlinkSync(join(root, 'node_modules'), join(base, 'node_modules'));
    return undefined;
  }
  say(`${LOCK} differs: installing what the base asks for`);
  const { code, stderr } = await runChild('npm', ['ci', '--ignore-scripts', '--no-audit'], {
    cwd: base,
  });
  return code === 0 ? undefined : `npm ci failed: ${stderr.trim()}`;
}

function lockIn(folder: string): string | undefined {
  const file = join(folder, LOCK);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
