import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition';
import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import {
  propertyAccess,
  TerraformLocal,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
} from 'cdktf';
import type { App, IResolvable, TerraformElement, TerraformProvider } from 'cdktf';
import type { Node } from 'constructs';
import { readableId } from '../../constructs/base-stack.js';
import type { Precondition } from '../../constructs/granule-queue.js';
import { variableBlock } from '../variables/variable.js';
import type { Variables } from '../variables/variable.js';

export interface Output {
  readonly value: unknown;
  readonly description: string;
}

/** A stack without provider and backend, whose constructs refer to variables. */
export class ModuleStack extends TerraformStack {
  private readonly variables: ReadonlyMap<string, TerraformVariable>;

  constructor(app: App, id: string, variables: Variables) {
    super(app, id);
    this.variables = new Map(
      Object.entries(variables).map(([name, variable]) => {
        const block = named(new TerraformVariable(this, `variable-${name}`, {}), name);
        for (const [key, value] of Object.entries(variableBlock(name, variable))) {
          block.addOverride(key, value);
        }
        return [name, block];
      }),
    );
  }

  /** Returns the variable, whose value a construct takes as `.stringValue` or `.numberValue`. Throws if there is none. */
  variable(name: string): TerraformVariable {
    const variable = this.variables.get(name);
    if (!variable) throw new Error(`the module ${this.node.id} has no variable ${name}`);
    return variable;
  }

  text(name: string): string {
    return this.variable(name).stringValue;
  }

  number(name: string): number {
    return this.variable(name).numberValue;
  }

  /** Returns a reference to a field of an object variable. */
  field(name: string, field: string): IResolvable {
    return propertyAccess(this.variable(name).value, [field]);
  }

  /** Adds a local value, an expression of variables that constructs refer to. */
  local(name: string, expression: string): TerraformLocal {
    return named(new TerraformLocal(this, `local-${name}`, `\${${expression}}`), name);
  }

  /** Returns a provider that the caller passes in as `aws.<alias>`. */
  callersProvider(alias: string): TerraformProvider {
    return new AwsProvider(this, `aws-${alias}`, { alias });
  }

  addOutputs(outputs: Readonly<Record<string, Output>>): void {
    for (const [id, output] of Object.entries(outputs)) {
      named(new TerraformOutput(this, `output-${id}`, output), id);
    }
  }

  protected override allocateLogicalId(element: TerraformElement | Node): string {
    return readableId(this, element);
  }
}

/** In Terraform a variable, a local value and an output may have the same name; constructs of a stack may not. */
function named<Element extends TerraformElement>(element: Element, name: string): Element {
  element.overrideLogicalId(name);
  return element;
}

/** The region and the partition of the caller's provider; Terraform knows both without an API call. */
export function ownPlace(stack: ModuleStack): {
  readonly region: string;
  readonly partition: string;
} {
  return {
    // `id` is the region's name in versions 5 and 6 of the provider, `name` is deprecated in 6.
    region: new DataAwsRegion(stack, 'current-region', {}).id,
    partition: new DataAwsPartition(stack, 'current-partition', {}).partition,
  };
}

/**
 * Compares the region of the provider that the caller passed as `aws.topic` with that of the topic: SNS would refuse
 * the subscription in the middle of an apply.
 *
 * @param topicArn expression of the ARN, such as `var.sns`
 */
export function topicInRegion(
  stack: ModuleStack,
  { provider, topicArn }: { readonly provider: TerraformProvider; readonly topicArn: string },
): Precondition {
  const given = `${new DataAwsRegion(stack, 'topic-provider-region', { provider }).fqn}.id`;
  const own = `split(":", ${topicArn})[3]`;
  return {
    condition: `\${${given} == ${own}}`,
    errorMessage: `The provider aws.topic is in \${${given}}, but the topic is in \${${own}}: pass a provider of that region as aws.topic.`,
  };
}
