import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigProblems } from './values/error.js';
import { parseProject } from './names.js';
import { readPipelineConfig } from './config.js';
import type { PipelineConfig } from './config.js';
import { listPipelines, PYTHON_MARK } from './folder.js';
import { readEnvironment } from './environment/environment.js';
import { readLocalConfig } from './environment/local.js';
import { readTopicRegions, type TopicRegions } from './topic-regions.js';
import {
  HOW_TO_BOOTSTRAP,
  readProjectDashboard,
  readStateBucket,
  readStateSettings,
} from './state.js';
import type { StateBucket, StateSettings } from './state.js';
import { parseArn } from './values/arn.js';
import type { Tags } from './values/tags.js';

/** Everything that a synth reads before it writes anything. */
export interface Project {
  /** The value of PROJECT. */
  readonly name: string;
  readonly state: StateSettings;
  readonly pipelines: readonly PipelineConfig[];
  /** Regions of deployed subscriptions that the configs no longer say, by pipeline. */
  readonly topicRegions?: TopicRegions;
}

export interface BootstrapProject {
  readonly name: string;
  readonly bucket: StateBucket;
  /** Tags of the stacks, besides their own: those that the environment gives for all pipelines. @default none */
  readonly tags?: Tags;
  /** The pipelines whose function is an image. */
  readonly images: readonly Pick<PipelineConfig, 'id' | 'region'>[];
  /** The pipelines whose inventory the workflow reconcile compares with the catalogue. @default none */
  readonly compared?: readonly ComparedPipeline[];
  /** The regions that the project's dashboard shows, sorted. Undefined if PROJECT_DASHBOARD is 0. */
  readonly dashboard?: { readonly regions: readonly string[] };
}

/** A pipeline whose inventory can be compared with the catalogue. */
export interface ComparedPipeline {
  readonly id: string;
  /** Location of its inventory. */
  readonly inventory: string;
  /** ARNs of the KMS keys that may encrypt the inventory. */
  readonly keys: readonly string[];
}

interface Source {
  /** The folder of the project, which contains cdktf.json and pipelines/. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reads everything. Throws ConfigError with all problems of all files. */
export function readProject({ root, env }: Source): Project {
  const problems = new ConfigProblems();
  const place = problems.collect(() => readStatePlace({ root, env }));
  const read = readConfigs({ root, env }, problems);
  const topicRegions = problems.collect(() => readTopicRegions(env));
  if (place === undefined || problems.found) throw problems.error();
  return {
    name: place.name,
    state: place.state,
    pipelines: read,
    ...(topicRegions && { topicRegions }),
  };
}

/** Reads the configs of folders of pipelines, as they are deployed; without a valid PROJECT as on this machine. */
function readConfigs(
  { root, env }: Source,
  problems: ConfigProblems,
  isWanted: (folder: string) => boolean = () => true,
): readonly PipelineConfig[] {
  const project = problems.collect(() => parseProject(env['PROJECT']));
  const environment = project === undefined ? undefined : readEnvironment({ root, project });
  problems.add(environment?.problems ?? []);
  const configOf = (folder: string) =>
    project === undefined
      ? readLocalConfig(folder, {}).config
      : readPipelineConfig(folder, environment);
  return listPipelines(join(root, 'pipelines'))
    .map((id) => join(root, 'pipelines', id))
    .filter(isWanted)
    .flatMap((folder) => problems.collect(() => configOf(folder)) ?? []);
}

/** Reads what the stacks of the project itself need. Of the pipelines only those in Python matter. Throws ConfigError. */
export function readBootstrapProject({ root, env }: Source): BootstrapProject {
  const problems = new ConfigProblems();
  const name = problems.collect(() => parseProject(env['PROJECT']));
  const bucket = problems.collect(() => readStateBucket(env, cdktfJson(root), HOW_TO_BOOTSTRAP));
  const isPython = (folder: string) => existsSync(join(folder, PYTHON_MARK));
  const images = readConfigs({ root, env }, problems, isPython)
    .filter(({ python_function }) => python_function !== undefined)
    .map(({ id, region }) => ({ id, region }));
  const hasDashboard = problems.collect(() => readProjectDashboard(env, cdktfJson(root))) ?? true;
  if (name === undefined || bucket === undefined || problems.found) throw problems.error();
  // Pipelines without a valid config do not matter: they are not deployed yet.
  const configs = readConfigs({ root, env }, new ConfigProblems());
  const dashboard = hasDashboard && { dashboard: { regions: regionsOf(configs) } };
  const { tags = {} } = readEnvironment({ root, project: name }) ?? {};
  return { name, bucket, tags, images, compared: comparedOf(configs), ...dashboard };
}

/** The pipelines that `reconcile --all` does not leave out, as far as their configs tell. */
function comparedOf(configs: readonly PipelineConfig[]): readonly ComparedPipeline[] {
  return configs.flatMap(({ id, deploy, stac_api_url, inventory_location, ...config }) => {
    if (!deploy || stac_api_url === undefined || inventory_location === undefined) return [];
    return [{ id, inventory: inventory_location, keys: config.source_kms_key_arns }];
  });
}

/** The regions of pipelines and their topics. */
function regionsOf(configs: readonly PipelineConfig[]): readonly string[] {
  const regions = configs.flatMap(({ region, sns }) => [
    region,
    ...(sns === undefined ? [] : [parseArn(sns).region]),
  ]);
  return [...new Set(regions)].sort();
}

/** Reads where the states of the pipelines are; it does not need valid pipelines. Throws ConfigError. */
export function readStatePlace({ root, env }: Source): Pick<Project, 'name' | 'state'> {
  const problems = new ConfigProblems();
  const name = problems.collect(() => parseProject(env['PROJECT']));
  const state = problems.collect(() => readStateSettings(env, cdktfJson(root)));
  if (name === undefined || state === undefined) throw problems.error();
  return { name, state };
}

/** Whether to synthesize the stacks of the project itself instead of those of the pipelines. */
export function isBootstrap({ env }: Pick<Source, 'env'>): boolean {
  return env['BOOTSTRAP'] === '1';
}

function cdktfJson(root: string): string {
  return readFileSync(join(root, 'cdktf.json'), 'utf8');
}
