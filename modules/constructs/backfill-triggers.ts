import { Token } from 'cdktf';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { DeadLetters } from './dead-letters.js';
import { CONSTRUCT_IDS } from '../config/construct-ids.js';
import type { PipelineNames } from '../config/names.js';
import type { PipelineFunction } from './pipeline-function.js';
import { RunOnDeploy } from './run-on-deploy.js';
import type { Schedules } from './schedules.js';

export interface BackfillProps {
  readonly function: PipelineFunction;
  /** Physical name of the queue for runs that failed for good. */
  readonly onFailureQueue: string;
  readonly schedules: Schedules;
  readonly scheduleNames: Pick<PipelineNames['schedules'], 'historic' | 'resume'>;
  /** Hours between two chunks; 0 reads everything once, after the deployment. */
  readonly frequencyHours: number;
  /** A backfill of everything starts again when one of these values changes. */
  readonly source: Readonly<Record<string, string>>;
  /** Resources that must exist before the first run. */
  readonly after: ITerraformDependable[];
}

const RESUME_MINUTES = 15;

/**
 * Starts the historic function, on a schedule or at deployment, and resumes a run that was interrupted.
 *
 * Resources:
 * - `aws_sqs_queue` and `aws_lambda_function_event_invoke_config` for runs that failed for good
 * - `aws_iam_role_policy` and `aws_lambda_function_recursion_config`, by which the function may invoke itself
 * - `aws_scheduler_schedule` for the next chunk (every n hours), or `terraform_data` and `aws_lambda_invocation` for
 *   everything at once (at deployment)
 * - `aws_scheduler_schedule` that resumes an interrupted run, and starts one that waited for its inventory
 */
export class Backfill extends Construct {
  readonly failures: DeadLetters;
  /** What the function answered at deployment, in a sentence. Undefined if a schedule starts it. */
  readonly startedText: string | undefined;

  constructor(scope: Construct, id: string, props: BackfillProps) {
    super(scope, id);
    const { function: fn, frequencyHours, onFailureQueue, after } = props;
    const { deadLetters, ready } = fn.addFailureDestination(onFailureQueue);
    this.failures = deadLetters;
    const started = [...fn.allowSelfInvocation(), ready, ...after];
    // For a reference to a variable both are made: the Terraform module decides by `count` which of them exists.
    const either = Token.isUnresolved(frequencyHours);
    if (either || frequencyHours > 0)
      this.addRunSchedule(frequencyHours, { ...props, after: started });
    if (either || frequencyHours === 0) {
      this.startedText = this.addRunOnDeploy({ ...props, after: started });
    }
    this.addResumeSchedule({ ...props, after: started });
  }

  private addRunSchedule(
    hours: number,
    { schedules, scheduleNames, function: fn, after }: BackfillProps,
  ): void {
    schedules.invoke(CONSTRUCT_IDS.nextChunk, {
      name: scheduleNames.historic,
      description: 'Puts the next chunk of the inventory on the queue',
      every: { count: hours, unit: 'hour' },
      function: fn,
      event: { action: 'run' },
      after,
    });
  }

  /** The code is not a trigger: a new version of the function must not read the inventory again. */
  private addRunOnDeploy({ function: fn, source, after }: BackfillProps): string {
    const { done } = new RunOnDeploy(this, CONSTRUCT_IDS.onDeploy, {
      function: fn,
      triggers: source,
      event: { action: 'run' },
      after,
    });
    return `\${try(jsondecode(${done.fqn}.result).message, null)}`;
  }

  /**
   * Resumes a run whose function was killed and whose retries were lost, and starts a backfill that waited for its
   * inventory. When there is none, it costs one table read.
   */
  private addResumeSchedule({
    schedules,
    scheduleNames,
    function: fn,
    after,
  }: BackfillProps): void {
    schedules.invoke('keeper', {
      name: scheduleNames.resume,
      description: 'Continues a backfill that was interrupted',
      every: { count: RESUME_MINUTES, unit: 'minute' },
      function: fn,
      event: { action: 'continue' },
      after,
    });
  }
}
