import { LambdaInvocation } from '@cdktf/provider-aws/lib/lambda-invocation';
import { DataResource, Fn, Token } from 'cdktf';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { PipelineFunction } from './pipeline-function.js';

export interface RunOnDeployProps {
  readonly function: Pick<PipelineFunction, 'name'> & Partial<Pick<PipelineFunction, 'ready'>>;
  /** The function runs again when one of these changes; the plan shows which. */
  readonly triggers: Readonly<Record<string, string>>;
  readonly event: Readonly<Record<string, string>>;
  /** What has to exist before the function can succeed, beside the function itself. */
  readonly after: ITerraformDependable[];
}

/**
 * Has a function invoked by the apply, which waits for it and fails with the function's own error.
 * The null resource is what changes; the invocation follows it. It may run twice: handlers have to bear that.
 */
export class RunOnDeploy extends Construct {
  /** Exists once the function has succeeded. */
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
