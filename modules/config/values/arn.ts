import { FieldError } from './error.js';

export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  readonly resource: string;
}

const REGION = /^[a-z]{2,4}(-[a-z]+){1,2}-\d{1,2}$/;
const RESOURCE = /^[\w+=,.@/:!-]+$/;

/** @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
const PARTITION_OF_REGION: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
];

export function parseRegion(value: string): string {
  if (!REGION.test(value)) throw new FieldError('must be an AWS region such as eu-central-1');
  return value;
}

export function partitionOf(region: string): string {
  return PARTITION_OF_REGION.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

/** An ARN with region and account, as those of SNS, KMS and Secrets Manager are. Throws FieldError. */
export function parseArn(value: string): Arn {
  const [scheme, partition = '', service = '', region = '', account = '', ...rest] =
    value.split(':');
  const resource = rest.join(':');
  if (scheme !== 'arn' || resource === '') {
    throw new FieldError('must be an ARN: arn:partition:service:region:account:resource');
  }
  if (!REGION.test(region)) throw new FieldError(`must be an ARN with a region, not "${region}"`);
  if (partition !== partitionOf(region)) {
    throw new FieldError(
      `must have the partition of ${region}, ${partitionOf(region)}, not "${partition}"`,
    );
  }
  if (!/^\d{12}$/.test(account)) {
    throw new FieldError(`must be an ARN with an account of 12 digits, not "${account}"`);
  }
  if (!RESOURCE.test(resource)) {
    throw new FieldError(`must name one resource in letters and digits, not "${resource}"`);
  }
  return { partition, service, region, account, resource };
}

function arnOf(value: string, service: string, what: string): Arn {
  const arn = parseArn(value);
  if (arn.service === service) return arn;
  throw new FieldError(`must be the ARN of ${what}, not of the service "${arn.service}"`);
}

/** A topic that an alarm may notify. */
export function parseTopicArn(value: string): Arn {
  const arn = arnOf(value, 'sns', 'an SNS topic');
  if (/^[\w-]{1,256}(\.fifo)?$/.test(arn.resource)) return arn;
  throw new FieldError(`must be the ARN of an SNS topic, and "${arn.resource}" is no topic's name`);
}

/** A topic that can feed our queue. */
export function parseStandardTopicArn(value: string): Arn {
  const arn = parseTopicArn(value);
  if (!arn.resource.endsWith('.fifo')) return arn;
  throw new FieldError(
    'must be a standard topic: a FIFO topic cannot deliver to the standard queue of a pipeline',
  );
}

export function parseSecretArn(value: string): Arn {
  const arn = arnOf(value, 'secretsmanager', 'a Secrets Manager secret');
  if (/^secret:[\w/+=.@!-]+$/.test(arn.resource)) return arn;
  throw new FieldError('must end in secret:<name>, as in ...:secret:ingestor-AbCdEf');
}

export function parseKeyArn(value: string): Arn {
  const arn = arnOf(value, 'kms', 'a KMS key');
  if (/^key\/[\w-]+$/.test(arn.resource)) return arn;
  throw new FieldError('must end in key/<id>: a policy cannot name a key by its alias');
}

/**
 * The ARN by which a policy names a secret. Secrets Manager appends a hyphen and six characters to a secret's
 * name; an ARN written without them is good for reading, but matches nothing in a policy.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
 */
export function secretPolicyArn(secretArn: string): string {
  return /-[A-Za-z0-9]{6}$/.test(secretArn) ? secretArn : `${secretArn}-??????`;
}
