import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigProblems } from './values/error.js';
import { parseProject } from './names.js';
import { readPipelineConfig } from './config.js';
import type { PipelineConfig } from './config.js';
import { listPipelines } from './folder.js';
import { HOW_TO_BOOTSTRAP, readStateBucket, readStateSettings } from './state.js';
import type { StateBucket, StateSettings } from './state.js';

/** Everything that a synth reads before it writes anything. */
export interface Project {
  /** The value of PROJECT. */
  readonly name: string;
  readonly state: StateSettings;
  readonly pipelines: readonly PipelineConfig[];
}

export interface BootstrapProject {
  readonly name: string;
  readonly bucket: StateBucket;
}

interface Source {
  /** The folder of the project, which contains cdktf.json and pipelines/. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reads everything. Throws ConfigError with all problems of all files. */
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

/** Reads what the bootstrap stack needs; it does not need valid pipelines. Throws ConfigError. */
export function readBootstrapProject({ root, env }: Source): BootstrapProject {
  const problems = new ConfigProblems();
  const name = problems.collect(() => parseProject(env['PROJECT']));
  const bucket = problems.collect(() => readStateBucket(env, cdktfJson(root), HOW_TO_BOOTSTRAP));
  if (name === undefined || bucket === undefined) throw problems.error();
  return { name, bucket };
}

/** Whether to synthesize the stacks of the project itself instead of those of the pipelines. */
export function isBootstrap({ env }: Pick<Source, 'env'>): boolean {
  return env['BOOTSTRAP'] === '1';
}

function cdktfJson(root: string): string {
  return readFileSync(join(root, 'cdktf.json'), 'utf8');
}
