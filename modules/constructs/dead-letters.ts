import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import { SELF } from './base-stack.js';
import { OWN_QUEUE, Policy } from './policy.js';

const DAY_SECONDS = 86_400;

/** The longest that SQS allows; a message keeps its age when SQS moves it, so this has to exceed every queue's. */
export const DEAD_LETTERS_RETENTION_SECONDS = 14 * DAY_SECONDS;

export interface DeadLettersProps {
  readonly name: string;
  /** A topic whose subscription puts here what it cannot deliver. */
  readonly topicArn?: string;
  /** @default the stack's own region */
  readonly provider?: TerraformProvider;
}

/** A queue that people empty: messages stay for 14 days. */
export class DeadLetters extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly url: string;

  constructor(scope: Construct, id: string, { name, topicArn, provider }: DeadLettersProps) {
    super(scope, id);
    const queue = new SqsQueue(this, SELF, {
      name,
      messageRetentionSeconds: DEAD_LETTERS_RETENTION_SECONDS,
      sqsManagedSseEnabled: true,
      ...(topicArn !== undefined && { policy: topicPolicy(this, topicArn) }),
      ...(provider && { provider }),
    });
    this.name = queue.name;
    this.arn = queue.arn;
    this.url = queue.url;
  }
}

/** JSON for a queue's own `policy`: exactly this topic may send to it, whoever owns the topic. */
export function topicPolicy(scope: Construct, topicArn: string): string {
  return new Policy(scope, 'policy').allowService('sns.amazonaws.com', {
    sid: 'AcceptTopic',
    actions: OWN_QUEUE.actions,
    resources: ['*'],
    conditions: [{ test: 'ArnEquals', variable: 'aws:SourceArn', values: [topicArn] }],
  }).json;
}
