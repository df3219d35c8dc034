import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Fn } from 'cdktf';
import type { ITerraformDependable, TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import { SELF } from './base-stack.js';
import { DeadLetters, topicPolicy } from './dead-letters.js';
import type { PipelineFunction } from './pipeline-function.js';
import type { PolicyStatement } from './policy.js';
import { add, multiply } from './tokens.js';

/** After so many receives a message is a dead letter; the handler knows the number from its environment. */
export const MAX_RECEIVE_COUNT = 5;

const RETENTION_SECONDS = 7 * 86_400;
/** The longest that SQS allows: fewest empty receives. */
const LONG_POLL_SECONDS = 20;

/**
 * AWS's advice for a queue that feeds a function: six times its time-out, and the batching window.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function visibilityTimeoutSeconds({
  functionTimeoutSeconds,
  batchWindowSeconds,
}: Pick<GranuleQueueProps, 'functionTimeoutSeconds' | 'batchWindowSeconds'>): number {
  return add(multiply(6, functionTimeoutSeconds), batchWindowSeconds);
}

export interface GranuleQueueProps {
  readonly name: string;
  readonly deadLettersName: string;
  /** Of the function that the queue feeds. */
  readonly functionTimeoutSeconds: number;
  readonly batchWindowSeconds: number;
}

/** What a queue has to know of a function: how to call it, and how to allow it things. */
export type QueueUser = Pick<PipelineFunction, 'name' | 'allow'>;

export interface FeedProps {
  readonly batchSize: number;
  readonly batchWindowSeconds: number;
  /** 2 to 1000 batches at the same time. */
  readonly maxConcurrency: number;
  /** What has to exist before the first message is handled. */
  readonly after: ITerraformDependable[];
}

/** Where every granule waits, whether it came by notification or from the inventory. */
export class GranuleQueue extends Construct {
  readonly deadLetters: DeadLetters;
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  private readonly queue: SqsQueue;

  constructor(scope: Construct, id: string, props: GranuleQueueProps) {
    super(scope, id);
    this.deadLetters = new DeadLetters(this, 'dead-letters', { name: props.deadLettersName });
    this.queue = new SqsQueue(this, SELF, {
      name: props.name,
      sqsManagedSseEnabled: true,
      messageRetentionSeconds: RETENTION_SECONDS,
      receiveWaitTimeSeconds: LONG_POLL_SECONDS,
      visibilityTimeoutSeconds: visibilityTimeoutSeconds(props),
      redrivePolicy: Fn.jsonencode({
        deadLetterTargetArn: this.deadLetters.arn,
        maxReceiveCount: MAX_RECEIVE_COUNT,
      }),
    });
    this.name = this.queue.name;
    this.arn = this.queue.arn;
    this.url = this.queue.url;
  }

  subscribeTo(
    topicArn: string,
    props: Omit<SubscriptionProps, 'topicArn' | 'queueArn'>,
  ): Subscription {
    this.queue.policy = topicPolicy(this, topicArn);
    return new Subscription(this, 'subscription', { ...props, topicArn, queueArn: this.arn });
  }

  feed(fn: QueueUser, { batchSize, batchWindowSeconds, maxConcurrency, after }: FeedProps): void {
    fn.allow({
      sid: 'TakeGranules',
      actions: [
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:GetQueueAttributes',
      ],
      resources: [this.arn],
    });
    fn.allow({
      sid: 'SendDeadLetters',
      actions: ['sqs:SendMessage'],
      resources: [this.deadLetters.arn],
    });
    new LambdaEventSourceMapping(this, 'mapping', {
      eventSourceArn: this.arn,
      functionName: fn.name,
      batchSize,
      maximumBatchingWindowInSeconds: batchWindowSeconds,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: maxConcurrency },
      dependsOn: after,
    });
  }

  acceptFrom(fn: Pick<QueueUser, 'allow'>): void {
    fn.allow(sendAccess(this.arn));
  }
}

/** What a function that puts granules on a queue has to be allowed. */
export function sendAccess(queueArn: string): PolicyStatement {
  return {
    sid: 'SendGranules',
    actions: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
    resources: [queueArn],
  };
}

export interface SubscriptionProps {
  readonly topicArn: string;
  readonly queueArn: string;
  /** Queue for what SNS could not deliver; it has to be in the topic's region. */
  readonly deadLettersName: string;
  /** In the topic's region. @default the stack's own */
  readonly provider?: TerraformProvider;
  /** JSON. @default everything */
  readonly filterPolicy?: string;
  /** What the filter policy looks at: `MessageBody` or `MessageAttributes`. */
  readonly filterPolicyScope?: string;
}

/** A topic of any region or account into our queue; made from our account, so that it needs no confirmation. */
export class Subscription extends Construct {
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, props: SubscriptionProps) {
    super(scope, id);
    const { topicArn, queueArn, deadLettersName, filterPolicy, filterPolicyScope } = props;
    const provider = props.provider && { provider: props.provider };
    this.deadLetters = new DeadLetters(this, 'dead-letters', {
      name: deadLettersName,
      topicArn,
      ...provider,
    });
    new SnsTopicSubscription(this, SELF, {
      topicArn,
      protocol: 'sqs',
      endpoint: queueArn,
      // The handlers read the envelope: it says which topic and when.
      rawMessageDelivery: false,
      redrivePolicy: Fn.jsonencode({ deadLetterTargetArn: this.deadLetters.arn }),
      ...(filterPolicy !== undefined && { filterPolicy }),
      ...(filterPolicy !== undefined && filterPolicyScope && { filterPolicyScope }),
      ...provider,
    });
  }
}
