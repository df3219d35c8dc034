import { Token } from 'cdktf';
import { PipelineFunction } from '../../constructs/pipeline-function.js';
import type { PolicyStatement } from '../../constructs/policy.js';
import type { ModuleStack } from '../generate/stack.js';
import type { TerraformModule } from '../generate/module.js';
import { zipOrImage } from '../references/code.js';
import { CONFIG_VARIABLES } from '../variables/config.js';
import { IMAGE_VARIABLES } from '../variables/image.js';
import { each, matches } from '../variables/variable.js';

export const PIPELINE_FUNCTION: TerraformModule = {
  name: 'pipeline-function',
  summary:
    'A Lambda function from a zip or an image, with its log group, its role, and a policy that allows only the given ' +
    'statements. The runtime of a zip is nodejs22.x. Logs are JSON, and there are X-Ray traces.',
  variables: {
    name: {
      type: 'string',
      description: 'The name of the function and of its role. The log group is /aws/lambda/<name>.',
      rules: [matches('[A-Za-z0-9_-]{1,64}', 'be 1 to 64 letters, digits, - or _')],
    },
    description: {
      type: 'string',
      description: 'The description of the function.',
      default: '',
      rules: [{ condition: 'length(SELF) <= 256', must: 'have at most 256 characters' }],
    },
    zip: {
      type: 'string',
      description:
        'The path of the zip with the code, as npm run build writes it to dist/<pipeline>/. Null with image_uri.',
      default: null,
      rules: [
        {
          condition: '(SELF == null) != (var.image_uri == null)',
          must: 'be given without image_uri, and be null with it',
          ofNull: true,
        },
        { condition: 'fileexists(SELF)', must: 'be the path of a zip that exists before the plan' },
      ],
    },
    handler: {
      type: 'string',
      description:
        'The file in the zip and its export, such as app.handler. Null with image_uri: an image has its own.',
      default: null,
      rules: [
        {
          condition: '(SELF == null) == (var.zip == null)',
          must: 'be given with zip, and be null without it',
          ofNull: true,
        },
        matches('[^\\s]+\\.[^\\s.]+', 'be a file and its export, such as app.handler'),
      ],
    },
    ...IMAGE_VARIABLES,
    timeout_seconds: {
      ...CONFIG_VARIABLES.timeout_seconds,
      description: 'The timeout of the function.',
    },
    memory_mb: { ...CONFIG_VARIABLES.memory_mb, description: 'The memory of the function.' },
    log_retention_days: CONFIG_VARIABLES.log_retention_days,
    permissions_boundary_arn: {
      ...CONFIG_VARIABLES.permissions_boundary_arn,
      description:
        "The ARN of the policy that is the permissions boundary of the function's role. Null: none.",
    },
    environment: {
      type: 'map(string)',
      description:
        'Environment variables, such as names and ARNs. They must not contain secrets: anyone who can view the function can read them.',
      default: {},
      rules: [
        {
          condition:
            'alltrue([for name in keys(SELF) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", name)) && name != "NODE_OPTIONS"])',
          must: 'have names of letters, digits and _, except NODE_OPTIONS, which the module sets',
        },
      ],
    },
    statements: {
      type:
        'list(object({ sid = string, actions = list(string), resources = list(string), ' +
        'conditions = optional(list(object({ test = string, variable = string, values = list(string) })), []) }))',
      description:
        'The policy statements of the function, in addition to those for its logs and traces.',
      default: [],
      rules: [
        each({
          condition: 'can(regex("^[A-Za-z0-9]+$", SELF.sid)) && length(SELF.actions) > 0',
          must: 'have a sid of letters and digits and at least one action',
        }),
        {
          condition:
            'length(distinct([for value in SELF : value.sid])) == length(SELF) && ' +
            'length(setintersection([for value in SELF : value.sid], ["WriteLogs", "WriteTraces", "SendFailures"])) == 0',
          must: 'give each statement its own sid, other than WriteLogs, WriteTraces and SendFailures',
        },
      ],
    },
    keep_failures: {
      type: 'bool',
      description:
        'Whether asynchronous invocations that fail three times go to a queue, <name>-on-failure.',
      default: false,
    },
    self_invocation: {
      type: 'bool',
      description:
        'Whether the function may invoke itself, also more than 16 times in a row, which Lambda stops by default.',
      default: false,
    },
  },
  presence: {
    resources: [
      [/\.function_(on-failure|invoke-config)/, 'var.keep_failures'],
      [/\.function_(self-invocation|recursion)/, 'var.self_invocation'],
    ],
    repeats: { statement: 'var.statements', condition: 'statement.value.conditions' },
  },
  example: `module "app" {
  source = "MODULE"

  name    = "demo-app"
  zip     = "\${path.root}/app.zip"
  handler = "app.handler"
  environment = {
    PIPELINE = "demo"
  }
  statements = [{
    sid       = "ReadGranules"
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::sentinel-s1-l1c/GRD/*"]
  }]
}

output "function_name" {
  value = module.app.function_name
}
`,
  build,
};

function build(stack: ModuleStack): void {
  const onFailureQueue = `${stack.text('name')}-on-failure`;
  const fn = addFunction(stack, onFailureQueue);
  fn.allow(STATEMENT_OF_CALLER);
  const { deadLetters } = fn.addFailureDestination(onFailureQueue);
  fn.allowSelfInvocation();
  stack.addOutputs({
    function_name: { value: fn.name, description: 'The name of the function.' },
    function_arn: { value: fn.arn, description: 'The ARN of the function.' },
    role_name: { value: fn.roleName, description: 'The name of its role.' },
    on_failure_queue_name: {
      value: deadLetters.name,
      description: 'The name of the queue for failed invocations; null without keep_failures.',
    },
  });
}

function addFunction(stack: ModuleStack, onFailureQueue: string): PipelineFunction {
  const name = stack.text('name');
  stack.local('code-hash', 'try(filebase64sha256(var.zip), null)');
  return new PipelineFunction(stack, 'function', {
    names: { function: name, role: name, logGroup: `/aws/lambda/${name}`, onFailureQueue },
    description: stack.text('description'),
    code: zipOrImage({ path: 'var.zip', hashBase64: 'local.code-hash', handler: 'var.handler' }),
    architecture: stack.text('architecture'),
    memoryMb: stack.number('memory_mb'),
    timeoutSeconds: stack.number('timeout_seconds'),
    logRetentionDays: stack.number('log_retention_days'),
    permissionsBoundary: stack.text('permissions_boundary_arn'),
    environment: Token.asStringMap(stack.variable('environment').value),
  });
}

/** Stands for each statement of the variable: a block that mentions statement.value is repeated. */
const STATEMENT_OF_CALLER: PolicyStatement = {
  sid: '${statement.value.sid}',
  actions: Token.asList('${statement.value.actions}'),
  resources: Token.asList('${statement.value.resources}'),
  conditions: [
    {
      test: '${condition.value.test}',
      variable: '${condition.value.variable}',
      values: Token.asList('${condition.value.values}'),
    },
  ],
};
