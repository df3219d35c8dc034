import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import { SELF } from './base-stack.js';
import { OWN_QUEUE, Policy } from './policy.js';
import { topicPrincipals } from './topic-principals.js';

const DAY_SECONDS = 86_400;

/**
 * The longest retention that SQS allows. A message keeps its age when SQS moves it, so this must exceed the retention
 * of every queue that it comes from.
 */
export const DEAD_LETTERS_RETENTION_SECONDS = 14 * DAY_SECONDS;

export interface DeadLettersProps {
  readonly name: string;
  /** Topic whose subscription sends undeliverable notifications here. */
  readonly topicArn?: string;
  /** Provider of the queue's region. @default the stack's own region */
  readonly provider?: TerraformProvider;
}

/**
 * A dead-letter queue that keeps messages for 14 days and that only people and commands read.
 *
 * Resources: `aws_sqs_queue`, with a policy for the topic if there is one.
 */
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

/** Returns the JSON of a queue policy that lets this topic, in any account, send messages to the queue. */
export function topicPolicy(scope: Construct, topicArn: string): string {
  return new Policy(scope, 'policy').allowService(topicPrincipals(topicArn), {
    sid: 'AcceptTopic',
    actions: OWN_QUEUE.actions,
    resources: ['*'],
    conditions: [{ test: 'ArnEquals', variable: 'aws:SourceArn', values: [topicArn] }],
  }).json;
}
