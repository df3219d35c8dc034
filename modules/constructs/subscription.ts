import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription';
import { Fn } from 'cdktf';
import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import { SELF } from './base-stack.js';
import { DeadLetters } from './dead-letters.js';

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
