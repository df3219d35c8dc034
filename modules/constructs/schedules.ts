import type { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { SchedulerScheduleGroup } from '@cdktf/provider-aws/lib/scheduler-schedule-group';
import { Fn, Op, Token } from 'cdktf';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { DeadLetters } from './dead-letters.js';
import type { PipelineFunction } from './pipeline-function.js';
import { Policy } from './policy.js';
import { addRole } from './role.js';

/** Physical names, and the permissions boundary of the role. */
export interface SchedulesProps {
  readonly group: string;
  readonly role: string;
  readonly deadLetters: string;
  /** ARN of a managed policy that limits what the role may do. @default none */
  readonly permissionsBoundary?: string | undefined;
}

export interface ScheduleProps {
  readonly name: string;
  readonly description: string;
  readonly every: Interval;
  readonly function: PipelineFunction;
  readonly event: Readonly<Record<string, string>>;
  /** Resources that must exist before the first run. */
  readonly after: ITerraformDependable[];
}

export interface Interval {
  readonly count: number;
  readonly unit: 'minute' | 'hour';
}

/** EventBridge Scheduler discards an older event: the next one does its work. */
const MAX_EVENT_AGE_SECONDS = 3600;
const MAX_RETRIES = 3;

/**
 * The schedules of a stack, in one group. One role invokes all their functions, and one queue takes the events that
 * could not be delivered.
 *
 * Resources: `aws_scheduler_schedule_group`, `aws_sqs_queue`, `aws_iam_role`, `aws_iam_role_policy`, and one
 * `aws_scheduler_schedule` for each call of `invoke`.
 */
export class Schedules extends Construct {
  readonly deadLetters: DeadLetters;
  private readonly group: SchedulerScheduleGroup;
  private readonly role: IamRole;
  private readonly rolePolicy: IamRolePolicy;
  private readonly policy: Policy;

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    const { group, role, deadLetters, permissionsBoundary } = props;
    this.deadLetters = new DeadLetters(this, 'dead-letters', { name: deadLetters });
    this.group = new SchedulerScheduleGroup(this, 'group', { name: group });
    this.role = addRole(this, { name: role, trust: this.trust(), permissionsBoundary });
    this.policy = new Policy(this, 'policy-document').allow({
      sid: 'SendDeadLetters',
      actions: ['sqs:SendMessage'],
      resources: [this.deadLetters.arn],
    });
    this.rolePolicy = new IamRolePolicy(this, 'policy', {
      name: 'policy',
      role: this.role.name,
      policy: this.policy.json,
    });
  }

  /** Adds a schedule that invokes a function with an event. */
  invoke(
    id: string,
    { name, description, every, function: fn, event, after }: ScheduleProps,
  ): void {
    this.allowInvoking(fn);
    new SchedulerSchedule(this, id, {
      name,
      description,
      groupName: this.group.name,
      scheduleExpression: rate(every),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: fn.arn,
        roleArn: this.role.arn,
        input: JSON.stringify(event),
        retryPolicy: {
          maximumEventAgeInSeconds: MAX_EVENT_AGE_SECONDS,
          maximumRetryAttempts: MAX_RETRIES,
        },
        deadLetterConfig: { arn: this.deadLetters.arn },
      },
      dependsOn: [this.rolePolicy, ...after],
    });
  }

  private readonly invoked = new Set<string>();

  private allowInvoking({ node, arn }: PipelineFunction): void {
    if (this.invoked.has(node.id)) return;
    this.invoked.add(node.id);
    const sid = `Invoke${node.id.charAt(0).toUpperCase()}${node.id.slice(1)}`;
    this.policy.allow({ sid, actions: ['lambda:InvokeFunction'], resources: [arn] });
  }

  /** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
  private trust(): Policy {
    return new Policy(this, 'trust').allowService('scheduler.amazonaws.com', {
      sid: 'RunAsSchedule',
      actions: ['sts:AssumeRole'],
      conditions: [{ test: 'ArnEquals', variable: 'aws:SourceArn', values: [this.group.arn] }],
    });
  }
}

function rate({ count, unit }: Interval): string {
  const units = `${unit}s`;
  if (!Token.isUnresolved(count)) return `rate(${count} ${count === 1 ? unit : units})`;
  return `rate(${count} ${Token.asString(Fn.conditional(Op.eq(count, 1), unit, units))})`;
}
