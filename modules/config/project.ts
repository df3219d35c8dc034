import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigProblems } from './values/error.js';
import { parseProject } from './names.js';
import { readPipelineConfig } from './config.js';
import type { PipelineConfig } from './config.js';
import { listPipelines } from './folder.js';
import { readStateBucket, readStateSettings } from './state.js';
import type { StateBucket, StateSettings } from './state.js';

/** Everything that a synth needs to know before it makes anything. */
export interface Project {
  /** PROJECT. */
  readonly name: string;
  readonly state: StateSettings;
  readonly pipelines: readonly PipelineConfig[];
}

export interface BootstrapProject {
  readonly name: string;
  readonly bucket: StateBucket;
}

interface Source {
  /** Folder of the project: cdktf.json and pipelines/ are in it. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Throws ConfigError with everything that is wrong anywhere. */
export function readProject({ root, env }: Source): Project {
  const problems = new ConfigProblems();
  const name = problems.collect(() => parseProject(env['PROJECT']));
  const state = problems.collect(() => readStateSettings(env, cdktfJson(root)));
  const ids = listPipelines(join(root, 'pipelines'));
  const configs = ids.map((id) =>
    problems.collect(() => readPipelineConfig(join(root, 'pipelines', id))),
  );
  const pipelines = configs.filter((config) => config !== undefined);
  if (name === undefined || state === undefined) throw problems.error();
  if (problems.found) throw problems.error();
  return { name, state, pipelines };
}

/** What the bootstrap stack needs: no pipeline has to be right for it. Throws ConfigError. */
export function readBootstrapProject({ root, env }: Source): BootstrapProject {
  const problems = new ConfigProblems();
  const name = problems.collect(() => parseProject(env['PROJECT']));
  const bucket = problems.collect(() => readStateBucket(env, cdktfJson(root)));
  if (name === undefined || bucket === undefined) throw problems.error();
  return { name, bucket };
}

/** Whether the stacks to synthesize are the project's own instead of the pipelines'. */
export function isBootstrap({ env }: Pick<Source, 'env'>): boolean {
  return env['BOOTSTRAP'] === '1';
}

function cdktfJson(root: string): string {
  return readFileSync(join(root, 'cdktf.json'), 'utf8');
}
