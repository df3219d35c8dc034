import { GetQueueUrlCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { isNamed } from '../../lambdas/runtime/error-codes.js';
import { readProjectConfig, type PipelineConfig } from '../../modules/config/config.js';
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

/** Reads config.yaml, PROJECT and its environment without calling AWS. Throws ConfigError. */
export function deployedPipeline(
  { id, folder }: PipelineFolder,
  env: Readonly<Record<string, string | undefined>> = process.env,
): DeployedPipeline {
  const project = parseProject(env['PROJECT']);
  const config = readProjectConfig(folder, project);
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
  /** Whether it holds failed events instead of messages about granules. */
  readonly holdsEvents?: boolean;
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
  /** Whether there is no such queue. */
  readonly isMissing: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isMissing: boolean }) {
    super(message, options);
    this.isMissing = options.isMissing;
  }
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
    const isMissing =
      cause instanceof QueueDoesNotExist || (cause as Error).name.includes('NonExistentQueue');
    const message = isMissing
      ? notDeployed(`queue ${name}`, region)
      : `cannot access queue ${name} in ${region}: ${errorText(cause)}`;
    throw new QueueError(message, { cause, isMissing });
  }
}

/** The error message for a resource that AWS does not have. */
export function notDeployed(what: string, region: string): string {
  return `${what} does not exist in ${region}: check that the pipeline is deployed, and that PROJECT and the AWS account are right`;
}

export interface AwsSubject {
  /** For example `table demo-waves-state`. */
  readonly what: string;
  readonly region: string;
}

/** Why a table or a function of a pipeline cannot be accessed, from the error of the SDK. */
export function accessFault(
  { what, region }: AwsSubject,
  cause: unknown,
): { readonly isMissing: boolean; readonly message: string } {
  const isMissing = isNamed(cause, 'ResourceNotFoundException');
  const message = isMissing
    ? notDeployed(what, region)
    : `cannot access ${what} in ${region}: ${errorText(cause)}`;
  return { isMissing, message };
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
