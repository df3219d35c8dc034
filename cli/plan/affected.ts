import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../modules/config/values/error.js';
import { divideByDeploy } from '../../modules/config/by-name.js';
import { listPipelines } from '../../modules/config/folder.js';
import { PROVIDER_LOCK } from '../../modules/config/providers.js';
import { runChild } from '../shared/child.js';
import { parseLock } from '../stacks/provider-lock.js';
import { inWorktree } from './git.js';
import { trySynthesize } from './synth-stacks.js';
import { createHash } from 'node:crypto';

export interface Affected {
  /** Pipelines that are new, or whose stack or code differs, or that have `deploy: false` only in the base. */
  readonly affected: readonly string[];
  /** Pipelines that would be affected, but have `deploy: false`. */
  readonly byName: readonly string[];
  /** Pipelines that have `deploy: false`, but not in the base. */
  readonly leftOut: readonly string[];
  /** Pipelines that exist only in the base. */
  readonly gone: readonly string[];
  /** Why the base could not be synthesized, so that every pipeline counts as affected. */
  readonly unknown?: string;
}

interface Comparison {
  /** Folder of the project, including uncommitted changes. */
  readonly root: string;
  readonly commit: string;
  /** Values of PROJECT whose environments are compared, each with itself. */
  readonly projects: readonly string[];
  readonly say: (sentence: string) => void;
}

// The state of a stack does not affect the comparison.
const ENV = { LOCAL_STATE: '1', BOOTSTRAP: '' };
const LOCK = 'package-lock.json';

/**
 * Synthesizes the project and the base for each value of PROJECT, and compares the stacks. Throws ConfigError if the
 * project cannot be synthesized.
 */
export async function affectedPipelines({
  root,
  commit,
  projects,
  say,
}: Comparison): Promise<ReadonlyMap<string, Affected>> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'affected-'));
  try {
    const now = await currentStacks(projects, { root, folder });
    return await inWorktree({ commit, root }, async (base) => {
      const missing = await tryInstall(base, { root, say });
      const compared = new Map<string, Affected>();
      for (const [project, stacks] of now) {
        const outdir = join(folder, `${project}-before`);
        const before =
          missing === undefined
            ? await synthesize(base, { project, outdir })
            : { problem: missing };
        compared.set(project, compare(stacks, before, { root, base, project }));
      }
      return compared;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function currentStacks(
  projects: readonly string[],
  { root, folder }: { readonly root: string; readonly folder: string },
): Promise<ReadonlyMap<string, Stacks>> {
  const found = new Map<string, Stacks>();
  for (const project of projects) {
    const synthesized = await synthesize(root, { project, outdir: join(folder, `${project}-now`) });
    if ('problem' in synthesized) {
      const which = projects.length > 1 ? ` with PROJECT=${project}` : '';
      throw new ConfigError([`cannot synthesize the project${which}:`, synthesized.problem]);
    }
    found.set(project, synthesized.stacks);
  }
  return found;
}

/** Fingerprints of stacks, keyed by pipeline; undefined for a pipeline without a stack. */
type Stacks = ReadonlyMap<string, string | undefined>;
type Synthesized = { readonly stacks: Stacks } | { readonly problem: string };

/** Synthesizes to a folder of its own, so that cdktf.out stays unchanged. */
async function synthesize(
  root: string,
  { project, outdir }: { readonly project: string; readonly outdir: string },
): Promise<Synthesized> {
  const problem = await trySynthesize(root, { ...ENV, PROJECT: project, CDKTF_OUTDIR: outdir });
  if (problem !== undefined) return { problem };
  const ids = listPipelines(join(root, 'pipelines'));
  return { stacks: new Map(ids.map((id) => [id, tryFingerprint(join(outdir, 'stacks', id))])) };
}

interface Folders {
  readonly root: string;
  /** Folder of the project as it is in the base. */
  readonly base: string;
}

function compare(
  now: Stacks,
  before: Synthesized,
  { root, base, project }: Folders & { readonly project: string },
): Affected {
  const gone = listPipelines(join(base, 'pipelines')).filter((id) => !now.has(id));
  const env = { PROJECT: project };
  const { byName } = divideByDeploy({ root, env });
  const { byName: onceByName, included: wereIncluded } = divideByDeploy({ root: base, env });
  const differs = ([id, fingerprint]: readonly [string, string | undefined]): boolean => {
    if ('problem' in before) return true;
    if (fingerprint === undefined) return false;
    return fingerprint !== before.stacks.get(id) || onceByName.includes(id) !== byName.includes(id);
  };
  const found = [...now].filter(differs).map(([id]) => id);
  return {
    affected: found.filter((id) => !byName.includes(id)),
    byName: found.filter((id) => byName.includes(id)),
    leftOut: byName.filter((id) => wereIncluded.includes(id)),
    gone,
    ...('problem' in before && { unknown: before.problem }),
  };
}

/** Links node_modules into the base if the lock files are equal; otherwise installs its own. Returns the error, if any. */
async function tryInstall(
  base: string,
  { root, say }: { readonly root: string; readonly say: Comparison['say'] },
): Promise<string | undefined> {
  if (lockIn(base) === lockIn(root)) {
    linkModules('', { root, base });
    // A pipeline may have packages of its own, in other versions than the project's.
    for (const id of listPipelines(join(base, 'pipelines')))
      linkModules(join('pipelines', id), { root, base });
    return undefined;
  }
  say(`${LOCK} differs: installing the packages of the base`);
  const { code, stderr } = await runChild('npm', ['ci', '--ignore-scripts', '--no-audit'], {
    cwd: base,
  });
  return code === 0 ? undefined : `npm ci failed: ${stderr.trim()}`;
}

function linkModules(folder: string, { root, base }: Folders): void {
  const modules = join(root, folder, 'node_modules');
  if (existsSync(modules)) symlinkSync(modules, join(base, folder, 'node_modules'));
}

function lockIn(folder: string): string | undefined {
  const file = join(folder, LOCK);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * A hash of a synthesized stack, equal for stacks that deploy the same. It covers the code, because a stack contains
 * the hashes of its zips, which do not depend on the location of node_modules, and the version of the provider, but not
 * its checksums. Returns undefined if there is no stack.
 */
export function tryFingerprint(folder: string): string | undefined {
  const file = join(folder, 'cdk.tf.json');
  if (!existsSync(file)) return undefined;
  const lock = join(folder, PROVIDER_LOCK);
  const { version = '' } = existsSync(lock) ? parseLock(readFileSync(lock, 'utf8')) : {};
  return createHash('sha256').update(version).update(readFileSync(file)).digest('hex');
}
