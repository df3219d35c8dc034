import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../modules/config/values/error.js';
import { listPipelines } from '../../modules/config/folder.js';
import { runChild } from '../shared/child.js';
import { addWorktree, removeWorktree } from './git.js';
import { tryFingerprint } from './stack-fingerprint.js';
import { trySynthesize } from './synth-stacks.js';

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
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'affected-'));
  const base = join(folder, 'base');
  try {
    const now = await synthesize(root, join(folder, 'stacks-now'));
    if ('problem' in now) throw new ConfigError(["the project can't be synthesized:", now.problem]);
    await addWorktree(base, { commit, root });
    const missing = await tryInstall(base, { root, say });
    const before =
      missing === undefined
        ? await synthesize(base, join(folder, 'stacks-before'))
        : { problem: missing };
    return compare(now.stacks, before, listPipelines(join(base, 'pipelines')));
  } finally {
    await removeWorktree(base, root);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Fingerprints of stacks by pipeline. */
type Stacks = ReadonlyMap<string, string | undefined>;
type Synthesized = { readonly stacks: Stacks } | { readonly problem: string };

/** Beside the project's own stacks, which keep the name and the state that they were made with. */
async function synthesize(root: string, outdir: string): Promise<Synthesized> {
  const problem = await trySynthesize(root, { ...ENV, CDKTF_OUTDIR: outdir });
  if (problem !== undefined) return { problem };
  const ids = listPipelines(join(root, 'pipelines'));
  return { stacks: new Map(ids.map((id) => [id, tryFingerprint(join(outdir, 'stacks', id))])) };
}

function compare(now: Stacks, before: Synthesized, earlier: readonly string[]): Affected {
  const gone = earlier.filter((id) => !now.has(id));
  if ('problem' in before) return { affected: [...now.keys()], gone, unknown: before.problem };
  const differs = ([id, fingerprint]: readonly [string, string | undefined]): boolean =>
    fingerprint === undefined || fingerprint !== before.stacks.get(id);
  return { affected: [...now].filter(differs).map(([id]) => id), gone };
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
