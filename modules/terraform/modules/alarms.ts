import { ref, Token } from 'cdktf';
import { Alarms } from '../../constructs/alarms.js';
import { TOPIC_ARN_RULE } from '../variables/arn-rules.js';
import type { ModuleStack } from '../generate/stack.js';
import type { TerraformModule } from '../generate/module.js';
import { matches } from '../variables/variable.js';

const SUBJECT = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$';
const SUBJECTS_RULE = {
  condition: `alltrue([for subject in keys(SELF) : can(regex("${SUBJECT}", subject))])`,
  must: 'have subjects of letters, digits, -, _ and . as keys',
};

const ALL_SUBJECTS =
  'concat(keys(var.dead_letters), keys(var.ages), keys(var.counts), flatten([for subject in keys(SELF) : ["${subject}-errors", "${subject}-throttles"]]))';

export const ALARMS: TerraformModule = {
  name: 'alarms',
  summary:
    'Alarms on dead-letter queues (any visible message), on queues whose messages wait too long, on metrics that should ' +
    'stay 0, and on functions that fail or are throttled. Idle queues and functions raise no alarm.',
  variables: {
    name: {
      type: 'string',
      description: 'The prefix of the alarm names: each alarm is called <name>.<subject>.',
      rules: [matches('[A-Za-z0-9_-]{1,100}', 'be 1 to 100 letters, digits, - or _')],
    },
    topic_arn: {
      type: 'string',
      description:
        'The ARN of an SNS topic in the same region, which is notified when an alarm starts and when it ends. Null: alarms notify no one.',
      default: null,
      rules: [TOPIC_ARN_RULE],
    },
    dead_letters: {
      type: 'map(object({ queue = string, description = optional(string, "There are dead letters") }))',
      description:
        'Queues that should be empty, by the subjects of their alarms; queue is the name of a queue.',
      default: {},
      rules: [SUBJECTS_RULE],
    },
    ages: {
      type: 'map(object({ queue = string, minutes = number }))',
      description:
        'Queues in which no message should wait longer than the given minutes, by the subjects of their alarms.',
      default: {},
      rules: [
        SUBJECTS_RULE,
        {
          condition: 'alltrue([for value in SELF : value.minutes >= 1 && value.minutes <= 20160])',
          must: 'have minutes from 1 to 20160',
        },
      ],
    },
    counts: {
      type: 'map(object({ namespace = string, metric = string, dimensions = optional(map(string), {}), description = optional(string, "Something was counted that should not happen") }))',
      description:
        'Metrics that count what should not happen, by the subjects of their alarms; an alarm is raised while the sum ' +
        'exceeds 0. The functions of a pipeline count BackfillMessagesSkipped, RowsRefused, IngestionsRequeued and IngestionsUnverified in the ' +
        'namespace StacPipelines, with the dimension service = <id of the pipeline>.',
      default: {},
      rules: [SUBJECTS_RULE],
    },
    functions: {
      type: 'map(string)',
      description:
        'Names of functions, by subject; each function gets the alarms <subject>-errors and <subject>-throttles.',
      default: {},
      rules: [
        SUBJECTS_RULE,
        {
          // In CloudWatch an alarm silently replaces an earlier one with the same name.
          condition: `length(distinct(${ALL_SUBJECTS})) == length(${ALL_SUBJECTS})`,
          must: 'give each alarm its own subject, including those of dead_letters, ages and counts',
        },
      ],
    },
  },
  presence: {
    forEach: [
      [/\.alarms_dead-letters$/, 'var.dead_letters'],
      [/\.alarms_ages$/, 'var.ages'],
      [/\.alarms_counts$/, 'var.counts'],
      [/\.alarms_functions-/, 'var.functions'],
    ],
  },
  example: `module "alarms" {
  source = "MODULE"

  name         = "demo"
  dead_letters = { granules = { queue = "demo-granules-dead-letters" } }
  ages         = { age = { queue = "demo-granules", minutes = 1440 } }
  functions    = { app = "demo-app" }
}

output "alarm_arns" {
  value = module.alarms.alarm_arns
}
`,
  build,
};

function build(stack: ModuleStack): void {
  const alarms = new Alarms(stack, 'alarms', {
    // The resource is repeated over a map, so its name contains the key of the map instead of the construct's id.
    nameOf: (id) =>
      `${stack.text('name')}.\${each.key}${id.replace(/^(dead-letters|ages|counts|functions)/, '')}`,
    topicArn: stack.text('topic_arn'),
  });
  const each = (field: string) => `\${each.value${field}}`;
  alarms.onDeadLetters('dead-letters', {
    queue: each('.queue'),
    description: each('.description'),
  });
  alarms.onAge('ages', {
    queue: each('.queue'),
    minutes: Token.asNumber(ref('each.value.minutes', stack)),
  });
  alarms.onCount('counts', {
    namespace: each('.namespace'),
    metricName: each('.metric'),
    dimensions: Token.asStringMap(ref('each.value.dimensions', stack)),
    description: each('.description'),
  });
  alarms.onFunction('functions', each(''));
  stack.addOutputs({
    alarm_arns: {
      value: `\${merge(${ARN_MAPS.join(', ')})}`,
      description: 'The ARNs of the alarms, by their names.',
    },
  });
}

const ARN_MAPS = ['dead-letters', 'ages', 'counts', 'functions-errors', 'functions-throttles'].map(
  (id) =>
    `{ for alarm in aws_cloudwatch_metric_alarm.alarms_${id} : alarm.alarm_name => alarm.arn }`,
);
