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
import type { Variables } from '../variables/variable.js';
import { variableBlock } from '../variables/variable.js';

export interface Output {
  readonly value: unknown;
  readonly description: string;
}

/** Constructs whose values are references to variables: what is left of a stack without provider and backend. */
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

  /** The value that a caller gives, as a construct takes it: `.stringValue`, `.numberValue`. */
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

  /** A field of an object that the caller gives. */
  field(name: string, field: string): IResolvable {
    return propertyAccess(this.variable(name).value, [field]);
  }

  /** A value that is computed from variables: a construct refers to it by its name. */
  local(name: string, expression: string): TerraformLocal {
    return named(new TerraformLocal(this, `local-${name}`, `\${${expression}}`), name);
  }

  /** A provider that the caller passes in as `aws.<alias>`. */
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

/** A variable, a local and an output may bear the same name in Terraform, constructs of a stack may not. */
function named<Element extends TerraformElement>(element: Element, name: string): Element {
  element.overrideLogicalId(name);
  return element;
}
