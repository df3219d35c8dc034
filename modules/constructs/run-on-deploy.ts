import { LambdaInvocation } from '@cdktf/provider-aws/lib/lambda-invocation';
import { DataResource, Fn, Token } from 'cdktf';
import type { IResolvable, ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { PipelineFunction } from './pipeline-function.js';

export interface RunOnDeployProps {
  readonly function: Pick<PipelineFunction, 'name'> & Partial<Pick<PipelineFunction, 'ready'>>;
  /** The function runs again when one of these values changes, and the plan shows which. */
  readonly triggers: Readonly<Record<string, string>>;
  /** The event itself, or a reference to it. */
  readonly event: Readonly<Record<string, string>> | IResolvable;
  /** Resources, besides the function, that must exist before it can succeed. */
  readonly after: ITerraformDependable[];
}

/**
 * Invokes a function during the apply, which waits for the function and fails with its error. The function may run
 * twice, so its handler must be idempotent.
 *
 * Resources: `terraform_data`, which is replaced when a trigger changes, and `aws_lambda_invocation`, which follows it.
 */
export class RunOnDeploy extends Construct {
  /** The resource that exists once the function has succeeded. */
  readonly done: ITerraformDependable;

  constructor(
    scope: Construct,
    id: string,
    { function: fn, triggers, event, after }: RunOnDeployProps,
  ) {
    super(scope, id);
    const nullResource = new DataResource(this, 'null-resource', {
      triggersReplace: Token.isUnresolved(triggers) ? triggers : { ...triggers },
    });
    this.done = new LambdaInvocation(this, 'invocation', {
      functionName: fn.name,
      input: Token.isUnresolved(event) ? Fn.jsonencode(event) : JSON.stringify(event),
      triggers: { deployed: nullResource.id },
      dependsOn: [...(fn.ready ? [fn.ready] : []), ...after],
    });
  }
}
