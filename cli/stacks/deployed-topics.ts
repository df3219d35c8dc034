import type { PipelineConfig } from '../../modules/config/config.js';
import type { Project } from '../../modules/config/project.js';
import { TOPIC_REGIONS, type TopicRegions } from '../../modules/config/topic-regions.js';
import { parseArn } from '../../modules/config/values/arn.js';
import { CommandError } from '../shared/command.js';
import { regionIn } from './destroy-config.js';
import { statesOf, type State, type States } from './states.js';

/** What the states say of the topics that the stacks were deployed with. */
export interface DeployedTopics {
  /** Regions of subscriptions outside their stack's region, by pipeline. */
  readonly regions: TopicRegions;
  /** What is wrong with a topic that moved to another region, by pipeline. */
  readonly moved: ReadonlyMap<string, string>;
}

/** Which states a command compares with the configs. */
export interface Deployed {
  /** Folder of the project. */
  readonly root: string;
  /** Pipelines; none stands for all. @default all */
  readonly ids?: readonly string[];
  /** @default those of the project */
  readonly states?: Pick<States, 'read'>;
}

/** Reads the states of the pipelines. Throws CommandError. */
export async function deployedTopics(
  project: Project,
  { root, ids = [], states = statesOf(project, root) }: Deployed,
): Promise<DeployedTopics> {
  const configs = project.pipelines.filter(({ id }) => ids.length === 0 || ids.includes(id));
  const found = await Promise.all(configs.map((config) => readPlace(config, states)));
  const places = found.filter((place) => place !== undefined);
  const elsewhere = places.filter(({ region, config }) => region !== config.region);
  const regions = elsewhere.map(({ region, config: { id } }) => [id, region] as const);
  const moved = places.flatMap(({ region, config }) => {
    const sentence = movedText(config, region);
    return sentence === undefined ? [] : [[config.id, sentence] as const];
  });
  return { regions: Object.fromEntries(regions), moved: new Map(moved) };
}

/** The environment by which a synth learns the regions. */
export function topicEnvironment({ regions }: DeployedTopics): Readonly<Record<string, string>> {
  return Object.keys(regions).length === 0 ? {} : { [TOPIC_REGIONS]: JSON.stringify(regions) };
}

/** Tells the synths of this process. Throws CommandError if a topic moved. */
export async function tellSynth(project: Project, options: Deployed): Promise<void> {
  const topics = await deployedTopics(project, options);
  if (topics.moved.size > 0) throw new CommandError([...topics.moved.values()].join('\n'));
  Object.assign(process.env, topicEnvironment(topics));
}

interface Place {
  readonly config: PipelineConfig;
  readonly region: string;
}

async function readPlace(
  config: PipelineConfig,
  states: Pick<States, 'read'>,
): Promise<Place | undefined> {
  const state = await states.read(config.id);
  const region = state && subscriptionRegion(state);
  return region === undefined ? undefined : { config, region };
}

/** The subscription and its alarm may outlive each other in an apply that failed. */
function subscriptionRegion({ resources }: State): string | undefined {
  const ofTopic = resources.filter(
    ({ mode, type, provider }) =>
      mode === 'managed' && (type === 'aws_sns_topic_subscription' || provider.endsWith('.topic')),
  );
  return ofTopic
    .flatMap(({ instances }) => instances.map(({ attributes }) => regionIn(attributes ?? {})))
    .find((region) => region !== undefined);
}

function movedText({ id, sns }: PipelineConfig, deployed: string): string | undefined {
  if (sns === undefined) return undefined;
  const { region } = parseArn(sns);
  if (region === deployed) return undefined;
  return (
    `${id}: the topic in \`sns\` is in ${region}, but the subscription was deployed in ${deployed}. Terraform would ` +
    `look for it in ${region}, not find it, and leave it in ${deployed} with its dead-letter queue. Remove \`sns\` ` +
    `from config.yaml and deploy, which deletes both; then set the new topic and deploy again`
  );
}
