import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Fn } from 'cdktf';
import type { ITerraformDependable, TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import { SELF } from './base-stack.js';
import { mappingLifecycle } from './mapping-lifecycle.js';
import { DeadLetters, topicPolicy } from './dead-letters.js';
import type { PipelineFunction } from './pipeline-function.js';
import type { PolicyStatement } from './policy.js';
import { add, multiply } from './tokens.js';

/**
 * Number of receives after which SQS dead-letters a message. The handler gets it in its environment, and dead-letters a
 * message on its last receive itself, with the reason; SQS does it for a message that killed the function each time.
 */
export const MAX_RECEIVE_COUNT = 10;

/** A dead letter that SQS moves keeps its age, so this leaves 7 of the 14 days of the dead-letter queue. */
const RETENTION_SECONDS = 7 * 86_400;
/** The longest wait that SQS allows, for the fewest empty receives. */
const LONG_POLL_SECONDS = 20;

/**
 * Returns the visibility timeout that AWS recommends for a queue that invokes a function: six times the function's
 * timeout, plus the batch window.
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
  /** Timeout of the function that the queue invokes. */
  readonly functionTimeoutSeconds: number;
  readonly batchWindowSeconds: number;
}

/** What a queue needs of a function: a name to invoke it by, and a policy to extend. */
export type QueueUser = Pick<PipelineFunction, 'name' | 'allow'> &
  Partial<Pick<PipelineFunction, 'replacement'>>;

export interface FeedProps {
  readonly batchSize: number;
  readonly batchWindowSeconds: number;
  /** Maximum number of batches in progress at the same time, 2 to 1000. */
  readonly maxConcurrency: number;
  /** Resources that must exist before the function gets its first message. */
  readonly after: ITerraformDependable[];
}

/**
 * The queue of all granules, from notifications and from the inventory alike.
 *
 * Resources:
 * - `aws_sqs_queue` twice: the queue and its dead-letter queue
 * - `aws_sns_topic_subscription` and one more dead-letter queue, by subscribeTo
 * - `aws_lambda_event_source_mapping`, by feed
 */
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

  /** Subscribes the queue to a topic of any account or region. */
  subscribeTo(
    topicArn: string,
    props: Omit<SubscriptionProps, 'topicArn' | 'queueArn'>,
  ): Subscription {
    this.queue.policy = topicPolicy(this, topicArn);
    return new Subscription(this, 'subscription', { ...props, topicArn, queueArn: this.arn });
  }

  /** Invokes a function with batches of messages, and allows it to receive, delay and dead-letter them. */
  feed(fn: QueueUser, props: FeedProps): LambdaEventSourceMapping {
    const { batchSize, batchWindowSeconds, maxConcurrency, after } = props;
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
    return new LambdaEventSourceMapping(this, 'mapping', {
      eventSourceArn: this.arn,
      functionName: fn.name,
      batchSize,
      maximumBatchingWindowInSeconds: batchWindowSeconds,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: maxConcurrency },
      dependsOn: after,
      lifecycle: mappingLifecycle(fn),
    });
  }

  /** Allows a function to send messages to the queue. */
  acceptFrom(fn: Pick<QueueUser, 'allow'>): void {
    fn.allow(sendAccess(this.arn));
  }
}

/** Returns the statement by which a function may send granules to a queue, and read the queue's depth. */
export function sendAccess(queueArn: string): PolicyStatement {
  return {
    sid: 'SendGranules',
    actions: ['sqs:SendMessage', 'sqs:GetQueueAttributes'],
    resources: [queueArn],
  };
}

/** A Terraform expression that must be true, and what the plan says if it is not. */
export interface Precondition {
  readonly condition: string;
  readonly errorMessage: string;
}

export interface SubscriptionProps {
  readonly topicArn: string;
  readonly queueArn: string;
  /** Physical name of the dead-letter queue for undeliverable notifications. It is made in the topic's region. */
  readonly deadLettersName: string;
  /** Provider of the topic's region. @default the stack's own */
  readonly provider?: TerraformProvider;
  /** JSON of an SNS filter policy. @default every notification is delivered */
  readonly filterPolicy?: string;
  /** What the filter policy applies to: `MessageBody` or `MessageAttributes`. */
  readonly filterPolicyScope?: string;
  /** What must hold before the subscription is made. @default nothing */
  readonly precondition?: Precondition;
}

/**
 * A queue's subscription to a topic of any region or account. The queue's account makes it, so that it needs no
 * confirmation.
 *
 * Resources: `aws_sns_topic_subscription`, and an `aws_sqs_queue` for undeliverable notifications.
 */
export class Subscription extends Construct {
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, props: SubscriptionProps) {
    super(scope, id);
    const { topicArn, queueArn, deadLettersName, filterPolicy, filterPolicyScope, precondition } =
      props;
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
      // The handlers read the topic and the time from SNS's envelope.
      rawMessageDelivery: false,
      redrivePolicy: Fn.jsonencode({ deadLetterTargetArn: this.deadLetters.arn }),
      ...(filterPolicy !== undefined && { filterPolicy }),
      ...(filterPolicy !== undefined && filterPolicyScope && { filterPolicyScope }),
      ...(precondition && { lifecycle: { precondition: [precondition] } }),
      ...provider,
    });
  }
}
