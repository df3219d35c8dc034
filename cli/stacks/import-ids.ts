import { domainOf } from '../../modules/config/values/arn.js';

/** What an import id is made from. */
export interface Existing {
  readonly name: string;
  /** Returns an argument of the resource, or the name of the resource that it refers to; empty if there is none. */
  readonly argument: (name: string) => string;
  /** Error message of the provider. */
  readonly text: string;
  readonly region: string;
  /** Account of the stack; 12 digits. */
  readonly account: string;
}

/** How a resource type says that something exists already, and how to import it. */
export interface ImportRule {
  /** What it is called in a sentence. */
  readonly noun: string;
  /** Argument with its name. */
  readonly nameIn: string;
  readonly exists: RegExp;
  /** Returns the argument of `terraform import` as a word of the shell. */
  readonly id: (existing: Existing) => string;
}

const quoted = (text: string): string => `'${text}'`;
const byName = ({ name }: Existing): string => quoted(name);

/**
 * The resource types whose creation fails if they exist. The others are overwritten, such as alarms, policies and the
 * settings of a bucket, or adopted.
 * @see https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs
 */
export const IMPORT_RULES: Readonly<Record<string, ImportRule>> = {
  aws_athena_workgroup: {
    noun: 'Athena workgroup',
    nameIn: 'name',
    exists: /WorkGroup is already created|already exists/i,
    id: byName,
  },
  aws_cloudwatch_log_group: {
    noun: 'log group',
    nameIn: 'name',
    exists: /ResourceAlreadyExistsException/,
    id: byName,
  },
  aws_dynamodb_table: {
    noun: 'table',
    nameIn: 'name',
    exists: /ResourceInUseException: Table already exists/,
    id: byName,
  },
  aws_ecr_repository: {
    noun: 'repository',
    nameIn: 'name',
    exists: /RepositoryAlreadyExistsException/,
    id: byName,
  },
  aws_glue_catalog_database: {
    noun: 'Glue database',
    nameIn: 'name',
    exists: /AlreadyExistsException/,
    id: ({ account, name }) => quoted(`${account}:${name}`),
  },
  aws_glue_catalog_table: {
    noun: 'Glue table',
    nameIn: 'name',
    exists: /AlreadyExistsException/,
    id: ({ account, name, argument }) => quoted(`${account}:${argument('database_name')}:${name}`),
  },
  aws_iam_role: {
    noun: 'role',
    nameIn: 'name',
    exists: /EntityAlreadyExists/,
    id: byName,
  },
  aws_lambda_event_source_mapping: {
    noun: 'event source mapping of the function',
    nameIn: 'function_name',
    exists: /ResourceConflictException: .*mapping already exists/,
    id: ({ text }) => quoted(/UUID ([\w-]+)/.exec(text)?.[1] ?? 'UUID'),
  },
  aws_lambda_function: {
    noun: 'function',
    nameIn: 'function_name',
    exists: /ResourceConflictException: Function already exist/,
    id: byName,
  },
  aws_s3_bucket: {
    noun: 'bucket',
    nameIn: 'bucket',
    // In us-east-1 the provider finds an own bucket itself, and says BucketAlreadyExists without an operation.
    exists: /BucketAlreadyOwnedByYou|\): BucketAlreadyExists/,
    id: byName,
  },
  aws_scheduler_schedule: {
    noun: 'schedule',
    nameIn: 'name',
    exists: /ConflictException: .*already exists/,
    id: ({ name, argument }) => quoted(`${argument('group_name')}/${name}`),
  },
  aws_scheduler_schedule_group: {
    noun: 'schedule group',
    nameIn: 'name',
    exists: /ConflictException: .*already exists/,
    id: byName,
  },
  aws_sns_topic_subscription: {
    noun: 'subscription to the topic',
    nameIn: 'topic_arn',
    exists: /Subscription already exists with different attributes/,
    // Its ARN ends in an id that only SNS knows, and that a topic of another account does not list.
    id: ({ name, argument, region }) => {
      const queue = argument('endpoint').split(':').at(-1);
      const query = `Subscriptions[?TopicArn=='${name}' && ends_with(Endpoint, ':${queue}')].SubscriptionArn`;
      return `"$(aws sns list-subscriptions --region ${region} --output text --query "${query}")"`;
    },
  },
  aws_sqs_queue: {
    noun: 'queue',
    nameIn: 'name',
    exists: /QueueAlreadyExists|QueueNameExists/,
    id: ({ name, region, account }) =>
      quoted(`https://sqs.${region}.${domainOf(region)}/${account}/${name}`),
  },
};
