import { Token } from 'cdktf';
import type { IResolvable } from 'cdktf';
import { RunOnDeploy } from '../../constructs/run-on-deploy.js';
import type { ModuleStack } from '../generate/stack.js';
import type { TerraformModule } from '../generate/module.js';

export const RUN_ON_DEPLOY: TerraformModule = {
  name: 'run-on-deploy',
  summary:
    'Invokes a function during the apply, which waits for it and fails with its error. When one of the triggers changes, ' +
    'the function is invoked again, and the plan shows which one. It may run twice, so it must be idempotent.',
  variables: {
    function_name: {
      type: 'string',
      description: 'The name or the ARN of the function.',
      rules: [{ condition: 'length(SELF) > 0', must: 'not be empty' }],
    },
    triggers: {
      type: 'map(string)',
      description:
        'What the result depends on, such as the hash of the code. A change invokes the function again.',
    },
    event: {
      type: 'any',
      description: 'The event that the function receives: any value that jsonencode takes.',
      default: {},
    },
  },
  example: `module "collection_on_deploy" {
  source = "MODULE"

  function_name = "demo-collection"
  triggers      = { version = "1" }
}

output "answer" {
  value = module.collection_on_deploy.answer
}
`,
  build,
};

function build(stack: ModuleStack): void {
  const { done } = new RunOnDeploy(stack, 'on-deploy', {
    function: { name: stack.text('function_name') },
    triggers: Token.asStringMap(stack.variable('triggers').value),
    event: stack.variable('event').value as IResolvable,
    after: [],
  });
  stack.addOutputs({
    answer: {
      value: `\${${done.fqn}.result}`,
      description: 'The response of the function, as JSON.',
    },
  });
}
