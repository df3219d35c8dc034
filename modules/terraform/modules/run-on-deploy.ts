import { Token } from 'cdktf';
import { RunOnDeploy } from '../../constructs/run-on-deploy.js';
import type { ModuleStack } from '../generate/stack.js';
import type { PlainModule } from '../generate/module.js';

export const RUN_ON_DEPLOY: PlainModule = {
  name: 'run-on-deploy',
  summary:
    'Has a function invoked by the apply, which waits for it and fails with its error. It is invoked again when one of ' +
    'the triggers changes, and the plan shows which. It may run twice: the function has to bear that.',
  variables: {
    function_name: {
      type: 'string',
      description: 'Name of the function, or its ARN.',
      rules: [{ condition: 'length(SELF) > 0', must: 'not be empty' }],
    },
    triggers: {
      type: 'map(string)',
      description: 'What the result is made of, as the hash of the code: a change invokes again.',
    },
    event: {
      type: 'map(string)',
      description: 'Event that the function gets.',
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
    event: Token.asStringMap(stack.variable('event').value),
    after: [],
  });
  stack.addOutputs({
    answer: {
      value: `\${${done.fqn}.result}`,
      description: 'What the function answered, as JSON.',
    },
  });
}
