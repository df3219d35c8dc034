import { GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { readPipelineConfig, type PipelineConfig } from '../../modules/config/config.js';
import { parseProject, pipelineNames, type PipelineNames } from '../../modules/config/names.js';
import { parseArn } from '../../modules/config/values/arn.js';
import { CommandError, type PipelineFolder } from './command.js';

/** What a command needs to find a pipeline in AWS. */
export interface DeployedPipeline {
  readonly id: string;
  readonly folder: string;
  readonly config: PipelineConfig;
  readonly names: PipelineNames;
  /** Region of the SNS subscription and its dead-letter queue; undefined if the pipeline has no topic. */
  readonly topicRegion: string | undefined;
}

/** Reads config.yaml and PROJECT without calling AWS. Throws ConfigError. */
export function deployedPipeline(
  { id, folder }: PipelineFolder,
  env: Readonly<Record<string, string | undefined>> = process.env,
): DeployedPipeline {
  const project = parseProject(env['PROJECT']);
  const config = readPipelineConfig(folder);
  const { account } = parseArn(config.secret_arn);
  return {
    id,
    folder,
    config,
    names: pipelineNames({ project, pipeline: id, account }),
    topicRegion: config.sns === undefined ? undefined : parseArn(config.sns).region,
  };
}

/** A queue that exists, with the client of its region. */
export interface FoundQueue {
  readonly name: string;
  readonly url: string;
  readonly sqs: SqsSender;
}

export type SqsSender = Pick<SQSClient, 'send'>;

export interface QueueAddress {
  readonly name: string;
  readonly region: string;
}

/** Thrown when no queue has the given name, or the request for its URL failed. */
export class QueueError extends CommandError {
  override readonly name = 'QueueError';
}

/** Looks up the URL of a queue. Throws QueueError. */
export async function findQueue(
  { name, region }: QueueAddress,
  sqs: SqsSender,
): Promise<FoundQueue> {
  try {
    const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    return { name, url: QueueUrl, sqs };
  } catch (cause) {
    throw new QueueError(whyNot(cause, { name, region }), { cause });
  }
}

function whyNot(cause: unknown, { name, region }: QueueAddress): string {
  if (cause instanceof QueueDoesNotExist || (cause as Error).name.includes('NonExistentQueue')) {
    return notDeployed(`queue ${name}`, region);
  }
  return `cannot access queue ${name} in ${region}: ${errorText(cause)}`;
}

/** The error message for a resource that AWS does not have. */
export function notDeployed(what: string, region: string): string {
  return `${what} does not exist in ${region}: check that the pipeline is deployed, and that PROJECT and the AWS account are right`;
}

/** The message of an SDK error on one line; some errors have only a name. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((one) => errorText(one)).join(', ');
  }
  const text = error.message === '' ? error.name : error.message;
  return text.replaceAll(/\s+/g, ' ').slice(0, 300);
}
