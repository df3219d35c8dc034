import { matches, VALUE } from './variable.js';
import type { Rule } from './variable.js';

/** The beginning of an ARN: partition, service, region and account. */
function arnOf(service: string): string {
  return `arn:[a-z-]+:${service}:[a-z0-9-]+:[0-9]{12}`;
}

/** Matches the ARN of a standard topic: a FIFO topic cannot deliver to a standard queue. */
export const STANDARD_TOPIC_ARN = `^${arnOf('sns')}:[A-Za-z0-9_-]+$`;

export const STANDARD_TOPIC_ARN_RULE: Rule = {
  condition: `can(regex("${STANDARD_TOPIC_ARN}", ${VALUE}))`,
  must: 'be the ARN of a standard SNS topic: arn:aws:sns:region:account:name',
};

export const TOPIC_ARN_RULE = matches(
  `${arnOf('sns')}:[A-Za-z0-9_.-]+`,
  'be the ARN of an SNS topic: arn:aws:sns:region:account:name',
);

export const SECRET_ARN_RULE = matches(
  `${arnOf('secretsmanager')}:secret:[A-Za-z0-9_/+=.@!-]+`,
  'be the ARN of a Secrets Manager secret: arn:aws:secretsmanager:region:account:secret:name',
);

export const POLICY_ARN_RULE = matches(
  'arn:[a-z-]+:iam::(?:aws|[0-9]{12}):policy/(?:[A-Za-z0-9_+=,.@/-]+/)?[A-Za-z0-9_+=,.@-]+',
  'be the ARN of a managed policy: arn:aws:iam::account:policy/name',
);

export const KEY_ARN_RULE = matches(
  `${arnOf('kms')}:key/[A-Za-z0-9_-]+`,
  'be the ARN of a KMS key, arn:aws:kms:region:account:key/id, not of an alias',
);
