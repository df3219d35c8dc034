import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config';
import { LambdaFunctionRecursionConfig } from '@cdktf/provider-aws/lib/lambda-function-recursion-config';
import { Fn, Token } from 'cdktf';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { SELF } from './base-stack.js';
import { DeadLetters } from './dead-letters.js';
import type { FunctionNames } from '../config/names.js';
import { Policy, XRAY_WRITING } from './policy.js';
import type { PolicyStatement } from './policy.js';
import { addRole } from './role.js';

/** A zip in the stack's folder. */
export interface FunctionCode {
  /** Path relative to the stack's folder, as in `assets/app-0123456789abcdef.zip`. A reference is used unchanged. */
  readonly path: string;
  /** SHA-256 of the zip, in base64. */
  readonly hashBase64: string;
  /** File and export, as in `app.handler`. */
  readonly handler: string;
}

export interface PipelineFunctionProps {
  readonly names: FunctionNames;
  readonly description: string;
  readonly code: FunctionCode;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly logRetentionDays: number;
  /** ARN of a managed policy that limits what the role may do, whatever its own policy allows. @default none */
  readonly permissionsBoundary?: string | undefined;
  /** Names and ARNs, never a secret: everyone who may see the function sees its environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** With this option stack traces name the .ts file and line. */
const SOURCE_MAPS = { NODE_OPTIONS: '--enable-source-maps' };

/**
 * A Lambda function with its own log group and role. The policy names exactly what the function uses: other constructs
 * add their statements with `allow`.
 *
 * Resources:
 * - `aws_lambda_function` and `aws_cloudwatch_log_group`
 * - `aws_iam_role` and `aws_iam_role_policy`
 * - `aws_iam_role_policy` and `aws_lambda_function_recursion_config`, by allowSelfInvocation
 * - `aws_sqs_queue` and `aws_lambda_function_event_invoke_config`, by addFailureDestination
 */
export class PipelineFunction extends Construct {
  readonly name: string;
  readonly arn: string;
  private readonly function: LambdaFunction;
  private readonly role: IamRole;
  private readonly policy: Policy;

  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    super(scope, id);
    const logs = this.createLogGroup(props);
    this.role = this.createRole(props);
    this.policy = new Policy(this, 'policy-document');
    this.allow({
      sid: 'WriteLogs',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${logs.arn}:*`],
    });
    this.allow({ sid: 'WriteTraces', actions: XRAY_WRITING.actions, resources: ['*'] });
    const policy = this.attachPolicy('policy', this.policy);
    this.function = this.createFunction(props, { logs, policy });
    this.name = this.function.functionName;
    this.arn = this.function.arn;
  }

  get roleName(): string {
    return this.role.name;
  }

  /** The resource to depend on before invoking the function. */
  get ready(): ITerraformDependable {
    return this.function;
  }

  /** Adds a statement to the function's policy. */
  allow(statement: PolicyStatement): void {
    this.policy.allow(statement);
  }

  /**
   * Allows the function to invoke itself, also beyond the 16 rounds after which Lambda would stop it as a loop.
   * The statement is in a second policy, because the function depends on the first one: its ARN there would be a cycle.
   *
   * @returns resources that must exist before the first invocation
   */
  allowSelfInvocation(): ITerraformDependable[] {
    const document = new Policy(this, 'self-invocation-document').allow({
      sid: 'ContinueItself',
      actions: ['lambda:InvokeFunction'],
      resources: [this.arn],
    });
    const recursion = new LambdaFunctionRecursionConfig(this, 'recursion', {
      functionName: this.name,
      recursiveLoop: 'Allow',
    });
    return [this.attachPolicy('self-invocation', document), recursion];
  }

  /** Sends the events of asynchronous invocations that failed three times to a queue: Lambda would discard them. */
  addFailureDestination(queueName: string): {
    readonly deadLetters: DeadLetters;
    readonly ready: ITerraformDependable;
  } {
    const deadLetters = new DeadLetters(this, 'on-failure', { name: queueName });
    this.allow({ sid: 'SendFailures', actions: ['sqs:SendMessage'], resources: [deadLetters.arn] });
    const ready = new LambdaFunctionEventInvokeConfig(this, 'invoke-config', {
      functionName: this.name,
      maximumRetryAttempts: 2,
      maximumEventAgeInSeconds: 21_600,
      destinationConfig: { onFailure: { destination: deadLetters.arn } },
    });
    return { deadLetters, ready };
  }

  /** The function depends on this log group: one that Lambda creates itself never expires, and has no tags. */
  private createLogGroup({ names, logRetentionDays }: PipelineFunctionProps): CloudwatchLogGroup {
    return new CloudwatchLogGroup(this, 'logs', {
      name: names.logGroup,
      retentionInDays: logRetentionDays,
    });
  }

  private createRole({ names, permissionsBoundary }: PipelineFunctionProps): IamRole {
    const trust = new Policy(this, 'trust').allowService('lambda.amazonaws.com', {
      sid: 'RunAsFunction',
      actions: ['sts:AssumeRole'],
    });
    return addRole(this, { name: names.role, trust, permissionsBoundary });
  }

  private attachPolicy(id: string, document: Policy): IamRolePolicy {
    return new IamRolePolicy(this, id, { name: id, role: this.role.name, policy: document.json });
  }

  private createFunction(
    { names, description, code, memoryMb, timeoutSeconds, environment }: PipelineFunctionProps,
    { logs, policy }: { readonly logs: CloudwatchLogGroup; readonly policy: IamRolePolicy },
  ): LambdaFunction {
    return new LambdaFunction(this, SELF, {
      functionName: names.function,
      description,
      role: this.role.arn,
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      handler: code.handler,
      filename: Token.isUnresolved(code.path) ? code.path : `\${path.module}/${code.path}`,
      sourceCodeHash: code.hashBase64,
      memorySize: memoryMb,
      timeout: timeoutSeconds,
      environment: { variables: withSourceMaps(environment) },
      loggingConfig: { logFormat: 'JSON', logGroup: logs.name },
      tracingConfig: { mode: 'Active' },
      dependsOn: [policy],
    });
  }
}

function withSourceMaps(environment: PipelineFunctionProps['environment']): Record<string, string> {
  if (!Token.isUnresolved(environment)) return { ...environment, ...SOURCE_MAPS };
  return Token.asStringMap(Fn.merge([environment, SOURCE_MAPS]));
}
