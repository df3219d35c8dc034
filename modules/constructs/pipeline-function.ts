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
import type { FunctionCode } from './function-code.js';
import { addressOf, readDeployedCode } from './deployed-code.js';
import { CODE_TAG } from '../config/names.js';
import type { FunctionNames } from '../config/names.js';
import { Policy, XRAY_WRITING } from './policy.js';
import type { PolicyStatement } from './policy.js';
import { addRole } from './role.js';

export interface PipelineFunctionProps {
  readonly names: FunctionNames;
  readonly description: string;
  readonly code: FunctionCode;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** `arm64` or `x86_64`. @default arm64 */
  readonly architecture?: string | undefined;
  /** Size of /tmp. @default 512, which costs nothing */
  readonly scratchMb?: number | undefined;
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
 * - `aws_lambda_function`, the data source that compares its code, and `aws_cloudwatch_log_group`
 * - `aws_iam_role` and `aws_iam_role_policy`
 * - `aws_iam_role_policy` and `aws_lambda_function_recursion_config`, by allowSelfInvocation
 * - `aws_sqs_queue` and `aws_lambda_function_event_invoke_config`, by addFailureDestination
 */
export class PipelineFunction extends Construct {
  readonly name: string;
  readonly arn: string;
  /** The resource to depend on before invoking the function: it fails if the function has old code. */
  readonly ready: ITerraformDependable;
  /** A reference that changes only if the function is replaced. Lambda deletes settings with their function. */
  readonly replacement: string;
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
    const fn = this.createFunction(props, { logs, policy });
    this.name = fn.functionName;
    this.arn = fn.arn;
    this.ready = readDeployedCode(this, fn);
    this.replacement = `${addressOf(fn)}.id`;
  }

  get roleName(): string {
    return this.role.name;
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
      lifecycle: { replaceTriggeredBy: [this.replacement] },
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
      lifecycle: { replaceTriggeredBy: [this.replacement] },
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
    props: PipelineFunctionProps,
    { logs, policy }: { readonly logs: CloudwatchLogGroup; readonly policy: IamRolePolicy },
  ): LambdaFunction {
    const { names, description, memoryMb, timeoutSeconds, environment, scratchMb } = props;
    const { fingerprint, ...code } = props.code;
    return new LambdaFunction(this, SELF, {
      functionName: names.function,
      description,
      role: this.role.arn,
      ...code,
      architectures: [props.architecture ?? 'arm64'],
      memorySize: memoryMb,
      timeout: timeoutSeconds,
      ...(scratchMb !== undefined && { ephemeralStorage: { size: scratchMb } }),
      environment: { variables: withSourceMaps(environment) },
      loggingConfig: { logFormat: 'JSON', logGroup: logs.name },
      tracingConfig: { mode: 'Active' },
      tags: { [CODE_TAG]: fingerprint },
      dependsOn: [policy],
    });
  }
}

function withSourceMaps(environment: PipelineFunctionProps['environment']): Record<string, string> {
  if (!Token.isUnresolved(environment)) return { ...environment, ...SOURCE_MAPS };
  return Token.asStringMap(Fn.merge([environment, SOURCE_MAPS]));
}
