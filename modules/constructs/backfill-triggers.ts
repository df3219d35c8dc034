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
  readonly onFailureQueue: string;
  readonly schedules: Schedules;
  readonly scheduleNames: Pick<PipelineNames['schedules'], 'historic' | 'keeper'>;
  /** Hours between two chunks; 0: everything once, after deployment. */
  readonly frequencyHours: number;
  /** A whole backfill is started again when one of these changes. */
  readonly source: Readonly<Record<string, string>>;
  /** What has to exist before the first run. */
  readonly after: ITerraformDependable[];
}

const KEEPER_MINUTES = 15;

/** Has the historic function run: by schedule or by the deployment, and again until a run that has begun is through. */
export class Backfill extends Construct {
  readonly failures: DeadLetters;

  constructor(scope: Construct, id: string, props: BackfillProps) {
    super(scope, id);
    const { function: fn, frequencyHours, onFailureQueue, after } = props;
    const { deadLetters, ready } = fn.addFailureDestination(onFailureQueue);
    this.failures = deadLetters;
    const started = [...fn.allowSelfInvocation(), ready, ...after];
    // A reference may stand for both: the module says which one is there.
    const either = Token.isUnresolved(frequencyHours);
    if (either || frequencyHours > 0) this.runEvery(frequencyHours, { ...props, after: started });
    if (either || frequencyHours === 0) this.runOnce({ ...props, after: started });
    this.keepGoing({ ...props, after: started });
  }

  private runEvery(
    hours: number,
    { schedules, scheduleNames, function: fn, after }: BackfillProps,
  ): void {
    schedules.invoke('historic', {
      name: scheduleNames.historic,
      description: 'Puts the next chunk of the inventory on the queue',
      every: { count: hours, unit: 'hour' },
      function: fn,
      event: { action: 'run' },
      after,
    });
  }

  /** Not triggered by code: a new version of the function is no reason to read the inventory again. */
  private runOnce({ function: fn, source, after }: BackfillProps): void {
    new RunOnDeploy(this, CONSTRUCT_IDS.onDeploy, {
      function: fn,
      triggers: source,
      event: { action: 'run' },
      after,
    });
  }

  /** For a run that was killed and whose retries were lost too; without one it costs a single read of the table. */
  private keepGoing({ schedules, scheduleNames, function: fn, after }: BackfillProps): void {
    schedules.invoke('keeper', {
      name: scheduleNames.keeper,
      description: 'Continues a backfill that was interrupted',
      every: { count: KEEPER_MINUTES, unit: 'minute' },
      function: fn,
      event: { action: 'continue' },
      after,
    });
  }
}
