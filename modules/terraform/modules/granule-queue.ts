import { Token } from 'cdktf';
import type { DeadLetters } from '../../constructs/dead-letters.js';
import { GranuleQueue, MAX_RECEIVE_COUNT } from '../../constructs/granule-queue.js';
import { topicInRegion } from '../generate/stack.js';
import type { ModuleStack, Output } from '../generate/stack.js';
import type { TerraformModule } from '../generate/module.js';
import { StatementList, STATEMENTS } from '../generate/statement-list.js';
import { CONFIG_VARIABLES } from '../variables/config.js';
import { STANDARD_TOPIC_ARN } from '../variables/arn-rules.js';
import { filterPolicyRules } from '../variables/filter-policy-rules.js';
import { matches } from '../variables/variable.js';

/** The scope is null if there is no policy. */
const FILTER_POLICY_SCOPE =
  'try(var.subscription.filter_policy == null ? null : coalesce(var.subscription.filter_policy_scope, "MessageBody"), null)';

export const GRANULE_QUEUE: TerraformModule = {
  name: 'granule-queue',
  summary:
    'An encrypted queue with long polling and a dead-letter queue. It can subscribe to an SNS topic and feed a ' +
    `function. After receive ${MAX_RECEIVE_COUNT} a message moves to the dead-letter queue.`,
  variables: {
    name: {
      type: 'string',
      description: 'The name of the queue. The names of its dead-letter queues start with it.',
      rules: [matches('[A-Za-z0-9_-]{1,54}', 'be 1 to 54 letters, digits, - or _')],
    },
    function_timeout_seconds: {
      ...CONFIG_VARIABLES.timeout_seconds,
      description:
        'The timeout of the function that the queue feeds. The visibility timeout of the queue is six times as long.',
    },
    subscription: {
      type: 'object({ topic_arn = string, filter_policy = optional(string), filter_policy_scope = optional(string) })',
      description:
        'The subscription to a standard SNS topic in the region of the provider aws.topic. filter_policy is JSON, and ' +
        'filter_policy_scope is MessageBody or MessageAttributes. Null: no subscription.',
      default: null,
      rules: [
        {
          // If the ARN is only known after the apply, Terraform checks the rule then.
          condition: `can(regex("${STANDARD_TOPIC_ARN}", SELF.topic_arn))`,
          must: 'have the ARN of a standard SNS topic as topic_arn: arn:aws:sns:region:account:name',
        },
        {
          condition:
            'SELF.filter_policy == null || can(keys(jsondecode(coalesce(SELF.filter_policy, "{}"))))',
          must: 'have a JSON object as filter_policy, as jsonencode returns it',
        },
        {
          condition:
            'contains(["MessageBody", "MessageAttributes"], coalesce(SELF.filter_policy_scope, "MessageBody"))',
          must: 'have MessageBody or MessageAttributes as filter_policy_scope',
        },
        ...filterPolicyRules(
          'coalesce(SELF.filter_policy, "{}")',
          'coalesce(SELF.filter_policy_scope, "MessageBody")',
        ),
      ],
    },
    consumer: {
      type: 'object({ function_name = string })',
      description:
        'The function that the queue feeds. Its policy needs the statements of the output consumer_statements. Null: no function.',
      default: null,
    },
    batch_size: CONFIG_VARIABLES.batch_size,
    batch_window_seconds: CONFIG_VARIABLES.batch_window_seconds,
    max_concurrency: CONFIG_VARIABLES.max_concurrency,
  },
  providers: {
    topic: 'a provider in the region of the topic; pass aws itself if that is its region',
  },
  presence: {
    resources: [
      [/\.queue_(subscription|policy)/, 'var.subscription != null'],
      [/\.queue_mapping$/, 'var.consumer != null'],
    ],
  },
  example: `module "granules" {
  source    = "MODULE"
  providers = { aws = aws, aws.topic = aws }

  name                     = "demo-granules"
  function_timeout_seconds = 60
  subscription             = { topic_arn = "arn:aws:sns:eu-central-1:214830741341:SentinelS1L1C" }
}

output "queue_url" {
  value = module.granules.queue_url
}
`,
  build,
};

function build(stack: ModuleStack): void {
  const name = stack.text('name');
  const batchWindowSeconds = stack.number('batch_window_seconds');
  const queue = new GranuleQueue(stack, 'queue', {
    name,
    deadLettersName: `${name}-dead-letters`,
    functionTimeoutSeconds: stack.number('function_timeout_seconds'),
    batchWindowSeconds,
  });
  const undelivered = subscribe(stack, queue);
  const consumer = new StatementList(Token.asString(stack.field('consumer', 'function_name')));
  queue.feed(consumer, {
    batchSize: stack.number('batch_size'),
    batchWindowSeconds,
    maxConcurrency: stack.number('max_concurrency'),
    after: [],
  });
  stack.addOutputs({ ...outputsOf(queue), ...statementsOf(queue, consumer) });
  stack.addOutputs({
    subscription_dead_letters_name: {
      value: undelivered.name,
      description:
        'The name of the queue for messages that SNS could not deliver, in the region of the topic; null without a subscription.',
    },
  });
}

function subscribe(stack: ModuleStack, queue: GranuleQueue): DeadLetters {
  const field = (name: string) => Token.asString(stack.field('subscription', name));
  const provider = stack.callersProvider('topic');
  return queue.subscribeTo(field('topic_arn'), {
    deadLettersName: `${stack.text('name')}-subscription-dead-letters`,
    provider,
    precondition: topicInRegion(stack, { provider, topicArn: 'var.subscription.topic_arn' }),
    filterPolicy: field('filter_policy'),
    filterPolicyScope: stack.local('filter-policy-scope', FILTER_POLICY_SCOPE).asString,
  }).deadLetters;
}

function outputsOf({ name, arn, url, deadLetters }: GranuleQueue): Record<string, Output> {
  return {
    queue_name: { value: name, description: 'The name of the queue.' },
    queue_arn: { value: arn, description: 'The ARN of the queue.' },
    queue_url: { value: url, description: 'The URL of the queue.' },
    dead_letters_name: {
      value: deadLetters.name,
      description: 'The name of the dead-letter queue.',
    },
    dead_letters_arn: { value: deadLetters.arn, description: 'The ARN of the dead-letter queue.' },
    dead_letters_url: { value: deadLetters.url, description: 'The URL of the dead-letter queue.' },
  };
}

function statementsOf(queue: GranuleQueue, consumer: StatementList): Record<string, Output> {
  const sender = new StatementList('');
  queue.acceptFrom(sender);
  return {
    consumer_statements: {
      value: consumer.statements,
      description: `The statements that the policy of the function needs, ${STATEMENTS}.`,
    },
    sender_statements: {
      value: sender.statements,
      description: `The statements that a function needs to send granules to the queue, ${STATEMENTS}.`,
    },
  };
}
