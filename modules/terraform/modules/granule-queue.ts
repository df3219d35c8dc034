import { Token } from 'cdktf';
import type { DeadLetters } from '../../constructs/dead-letters.js';
import { GranuleQueue } from '../../constructs/granule-queue.js';
import type { ModuleStack, Output } from '../generate/stack.js';
import type { PlainModule } from '../generate/module.js';
import { StatementList, STATEMENTS } from '../generate/statement-list.js';
import { CONFIG_VARIABLES } from '../variables/config.js';
import { STANDARD_TOPIC_ARN } from '../variables/arn-rules.js';
import { matches } from '../variables/variable.js';

/** There is none without a policy. */
const FILTER_POLICY_SCOPE =
  'try(var.subscription.filter_policy == null ? null : coalesce(var.subscription.filter_policy_scope, "MessageBody"), null)';

export const GRANULE_QUEUE: PlainModule = {
  name: 'granule-queue',
  summary:
    'A queue with dead letters, encrypted and polled long. It takes the notifications of a topic and feeds a ' +
    'function, where they are given. After five receives a message is a dead letter.',
  variables: {
    name: {
      type: 'string',
      description: 'Name of the queue; the names of its dead letters begin with it.',
      rules: [matches('[A-Za-z0-9_-]{1,54}', 'be 1 to 54 letters, digits, - or _')],
    },
    function_timeout_seconds: {
      ...CONFIG_VARIABLES.timeout_seconds,
      description: 'Time-out of the function that the queue feeds: a message is hidden for six.',
    },
    subscription: {
      type: 'object({ topic_arn = string, filter_policy = optional(string), filter_policy_scope = optional(string) })',
      description:
        'Standard SNS topic whose notifications the queue takes, in the region of the provider aws.topic. ' +
        'filter_policy is JSON, filter_policy_scope MessageBody or MessageAttributes. Null: no topic.',
      default: null,
      rules: [
        {
          // An ARN that is known only after apply is asked then.
          condition: `can(regex("${STANDARD_TOPIC_ARN}", SELF.topic_arn))`,
          must: 'have the ARN of a standard SNS topic as topic_arn: arn:aws:sns:region:account:name',
        },
        {
          condition:
            'SELF.filter_policy == null || can(keys(jsondecode(coalesce(SELF.filter_policy, "{}"))))',
          must: 'have a JSON object as filter_policy, as jsonencode gives it',
        },
        {
          condition:
            'contains(["MessageBody", "MessageAttributes"], coalesce(SELF.filter_policy_scope, "MessageBody"))',
          must: 'have MessageBody or MessageAttributes as filter_policy_scope',
        },
      ],
    },
    consumer: {
      type: 'object({ function_name = string })',
      description:
        'Function that the queue feeds; its policy needs the output consumer_statements. Null: nobody is fed.',
      default: null,
    },
    batch_size: CONFIG_VARIABLES.batch_size,
    batch_window_seconds: CONFIG_VARIABLES.batch_window_seconds,
    max_concurrency: CONFIG_VARIABLES.max_concurrency,
  },
  providers: { topic: 'in the region of the topic; the same as aws where there is none elsewhere' },
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
        'Name of the queue for what SNS could not deliver, in the region of the topic; null without one.',
    },
  });
}

function subscribe(stack: ModuleStack, queue: GranuleQueue): DeadLetters {
  const field = (name: string) => Token.asString(stack.field('subscription', name));
  return queue.subscribeTo(field('topic_arn'), {
    deadLettersName: `${stack.text('name')}-subscription-dead-letters`,
    provider: stack.callersProvider('topic'),
    filterPolicy: field('filter_policy'),
    filterPolicyScope: stack.local('filter-policy-scope', FILTER_POLICY_SCOPE).asString,
  }).deadLetters;
}

function outputsOf({ name, arn, url, deadLetters }: GranuleQueue): Record<string, Output> {
  return {
    queue_name: { value: name, description: 'Name of the queue.' },
    queue_arn: { value: arn, description: 'ARN of the queue.' },
    queue_url: { value: url, description: 'URL of the queue.' },
    dead_letters_name: { value: deadLetters.name, description: 'Name of the dead letters.' },
    dead_letters_arn: { value: deadLetters.arn, description: 'ARN of the dead letters.' },
    dead_letters_url: { value: deadLetters.url, description: 'URL of the dead letters.' },
  };
}

function statementsOf(queue: GranuleQueue, consumer: StatementList): Record<string, Output> {
  const sender = new StatementList('');
  queue.acceptFrom(sender);
  return {
    consumer_statements: {
      value: consumer.statements,
      description: `What a function that is fed has to be allowed, ${STATEMENTS}.`,
    },
    sender_statements: {
      value: sender.statements,
      description: `What a function that sends granules has to be allowed, ${STATEMENTS}.`,
    },
  };
}
