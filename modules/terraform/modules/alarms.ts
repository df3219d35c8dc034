import { ref, Token } from 'cdktf';
import { Alarms } from '../../constructs/alarms.js';
import { TOPIC_ARN_RULE } from '../variables/arn-rules.js';
import type { ModuleStack } from '../generate/stack.js';
import type { PlainModule } from '../generate/module.js';
import { matches } from '../variables/variable.js';

const SUBJECT = '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$';
const SUBJECTS_RULE = {
  condition: `alltrue([for subject in keys(SELF) : can(regex("${SUBJECT}", subject))])`,
  must: 'have subjects of letters, digits, -, _ and . as keys',
};

const ALL_SUBJECTS =
  'concat(keys(var.dead_letters), keys(var.ages), flatten([for subject in keys(SELF) : ["${subject}-errors", "${subject}-throttles"]]))';

export const ALARMS: PlainModule = {
  name: 'alarms',
  summary:
    'Alarms over queues of dead letters (any visible message), over queues whose messages wait too long, and over ' +
    'functions that fail or are throttled. What is idle raises none.',
  variables: {
    name: {
      type: 'string',
      description: 'What the names of the alarms begin with: an alarm is called <name>.<subject>.',
      rules: [matches('[A-Za-z0-9_-]{1,100}', 'be 1 to 100 letters, digits, - or _')],
    },
    topic_arn: {
      type: 'string',
      description:
        'SNS topic of the same region that hears of alarms and of their end. Null: nobody is told.',
      default: null,
      rules: [TOPIC_ARN_RULE],
    },
    dead_letters: {
      type: 'map(object({ queue = string, description = optional(string, "There are dead letters") }))',
      description:
        'Queues that should be empty, by the subjects of their alarms; queue is the name of one.',
      default: {},
      rules: [SUBJECTS_RULE],
    },
    ages: {
      type: 'map(object({ queue = string, minutes = number }))',
      description:
        'Queues in which no message should wait longer than so many minutes, by subject.',
      default: {},
      rules: [
        SUBJECTS_RULE,
        {
          condition: 'alltrue([for value in SELF : value.minutes >= 1 && value.minutes <= 20160])',
          must: 'have minutes from 1 to 20160',
        },
      ],
    },
    functions: {
      type: 'map(string)',
      description:
        'Names of functions by subject; each gets <subject>-errors and <subject>-throttles.',
      default: {},
      rules: [
        SUBJECTS_RULE,
        {
          // Two alarms of one name are one alarm in CloudWatch: the later silently replaces the earlier.
          condition: `length(distinct(${ALL_SUBJECTS})) == length(${ALL_SUBJECTS})`,
          must: 'leave each alarm a subject of its own, those of dead_letters and ages included',
        },
      ],
    },
  },
  presence: {
    forEach: [
      [/\.alarms_dead-letters$/, 'var.dead_letters'],
      [/\.alarms_ages$/, 'var.ages'],
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
    // What a construct calls after its id bears the key of the map that it is repeated over.
    nameOf: (id) =>
      `${stack.text('name')}.\${each.key}${id.replace(/^(dead-letters|ages|functions)/, '')}`,
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
  alarms.onFunction('functions', each(''));
  stack.addOutputs({
    alarm_arns: {
      value: `\${merge(${ARN_MAPS.join(', ')})}`,
      description: 'ARNs of the alarms by their names.',
    },
  });
}

const ARN_MAPS = ['dead-letters', 'ages', 'functions-errors', 'functions-throttles'].map(
  (id) =>
    `{ for alarm in aws_cloudwatch_metric_alarm.alarms_${id} : alarm.alarm_name => alarm.arn }`,
);
