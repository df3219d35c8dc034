import { FieldError } from './error.js';

/** The parts of an ARN. */
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

/** Throws FieldError. */
export function parseRegion(value: string): string {
  if (!REGION.test(value)) throw new FieldError('must be an AWS region such as eu-central-1');
  return value;
}

/** Returns the partition of a region, such as `aws` or `aws-cn`. */
export function partitionOf(region: string): string {
  return PARTITION_OF_REGION.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

/** Domains of AWS services by partition; all others share DOMAIN. @see https://docs.aws.amazon.com/general/latest/gr/ecr.html */
const DOMAINS: Readonly<Record<string, string>> = {
  'aws-cn': 'amazonaws.com.cn',
  'aws-iso': 'c2s.ic.gov',
  'aws-iso-b': 'sc2s.sgov.gov',
  'aws-iso-e': 'cloud.adc-e.uk',
  'aws-iso-f': 'csp.hci.ic.gov',
  'aws-eusc': 'amazonaws.eu',
};
const DOMAIN = 'amazonaws.com';

/** Returns the domain of the services in a region, such as `amazonaws.com` or `amazonaws.com.cn`. */
export function domainOf(region: string): string {
  return DOMAINS[partitionOf(region)] ?? DOMAIN;
}

/** Parses an ARN with region and account, such as those of SNS, KMS and Secrets Manager. Throws FieldError. */
export function parseArn(value: string): Arn {
  const [scheme, partition = '', service = '', region = '', account = '', ...rest] =
    value.split(':');
  const resource = rest.join(':');
  if (scheme !== 'arn' || resource === '') {
    throw new FieldError('must be an ARN: arn:partition:service:region:account:resource');
  }
  if (!REGION.test(region))
    throw new FieldError(`must be an ARN with a valid region, not "${region}"`);
  if (partition !== partitionOf(region)) {
    throw new FieldError(
      `must have the partition of ${region}, ${partitionOf(region)}, not "${partition}"`,
    );
  }
  if (!/^\d{12}$/.test(account)) {
    throw new FieldError(`must be an ARN with a 12-digit account, not "${account}"`);
  }
  if (!RESOURCE.test(resource)) {
    throw new FieldError(`must name one resource without wildcards or spaces, not "${resource}"`);
  }
  return { partition, service, region, account, resource };
}

function arnOf(value: string, service: string, what: string): Arn {
  const arn = parseArn(value);
  if (arn.service === service) return arn;
  throw new FieldError(`must be the ARN of ${what}, not of the service "${arn.service}"`);
}

/** Parses the ARN of a topic that an alarm may notify. Throws FieldError. */
export function parseTopicArn(value: string): Arn {
  const arn = arnOf(value, 'sns', 'an SNS topic');
  if (/^[\w-]{1,256}(\.fifo)?$/.test(arn.resource)) return arn;
  throw new FieldError(
    `must be the ARN of an SNS topic: "${arn.resource}" is not a valid topic name`,
  );
}

/** Parses the ARN of a topic that the granule queue can subscribe to. Throws FieldError. */
export function parseStandardTopicArn(value: string): Arn {
  const arn = parseTopicArn(value);
  if (!arn.resource.endsWith('.fifo')) return arn;
  throw new FieldError('must be a standard topic: a FIFO topic cannot deliver to a standard queue');
}

/** Throws FieldError. */
export function parseSecretArn(value: string): Arn {
  const arn = arnOf(value, 'secretsmanager', 'a Secrets Manager secret');
  if (/^secret:[\w/+=.@!-]+$/.test(arn.resource)) return arn;
  throw new FieldError('must end in secret:<name>, for example ...:secret:ingestor-AbCdEf');
}

/** Throws FieldError. */
export function parseKeyArn(value: string): Arn {
  const arn = arnOf(value, 'kms', 'a KMS key');
  if (/^key\/[\w-]+$/.test(arn.resource)) return arn;
  throw new FieldError('must end in key/<id>: an IAM policy cannot refer to a key by its alias');
}

/**
 * Returns the partition and the account of a managed policy, which is `aws` for a policy of AWS. Throws FieldError.
 * The ARNs of IAM have no region.
 */
export function parsePolicyArn(value: string): Pick<Arn, 'partition' | 'account'> {
  const [, partition, account] =
    /^arn:([a-z-]+):iam::(aws|\d{12}):policy\/(?:[\w+=,.@/-]+\/)?[\w+=,.@-]+$/.exec(value) ?? [];
  if (partition !== undefined && account !== undefined) return { partition, account };
  throw new FieldError(
    'must be the ARN of a managed policy: arn:aws:iam::<12-digit account>:policy/<name>',
  );
}

/**
 * Returns the ARN that an IAM policy needs for a secret. Secrets Manager appends a hyphen and six characters to the
 * name of a secret; an ARN without them works for reading the secret, but matches nothing in a policy.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
 */
export function secretPolicyArn(secretArn: string): string {
  return /-[A-Za-z0-9]{6}$/.test(secretArn) ? secretArn : `${secretArn}-??????`;
}
