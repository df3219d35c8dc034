import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import { Alarms } from './alarms.js';
import { parseArn } from './arn.js';
import { Dashboard } from './dashboard.js';
import type { RegionalQueue } from './dashboard.js';
import type { DeadLetters } from './dead-letters.js';
import { METRICS_NAMESPACE } from './environment.js';
import type { GranuleQueue } from './granule-queue.js';
import type { PipelineNames } from './names.js';
import type { PipelineConfig } from './pipeline-config.js';
import type { PipelineFunction } from './pipeline-function.js';

export interface WatchedDeadLetters {
  /** Subject of the alarm, as `schedule-dead-letters`. */
  readonly subject: string;
  readonly description: string;
  readonly queue: DeadLetters;
  /** Where the queue is, when not in the stack's region. */
  readonly elsewhere?: { readonly region: string; readonly provider: TerraformProvider };
}

export interface WatchProps {
  readonly config: PipelineConfig;
  readonly names: Pick<PipelineNames, 'alarm' | 'dashboard'>;
  readonly queue: GranuleQueue;
  readonly deadLetters: readonly WatchedDeadLetters[];
  readonly functions: readonly PipelineFunction[];
}

/** Alarms and one dashboard over everything that can go wrong in a stack. */
export class Watch extends Construct {
  readonly dashboardUrl: string;

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    const { config, names, queue, deadLetters, functions } = props;
    const alarms = this.alarmsIn(props, { region: config.region });
    alarms.onAge('age', { queue: queue.name, minutes: config.max_age_minutes });
    for (const fn of functions) alarms.onFunction(fn.node.id, fn.name);
    for (const { elsewhere, subject, description, queue: watched } of deadLetters) {
      const near = elsewhere === undefined ? alarms : this.alarmsIn(props, elsewhere);
      near.onDeadLetters(subject, { queue: watched.name, description });
    }
    const dashboard = new Dashboard(this, 'dashboard', {
      name: names.dashboard,
      region: config.region,
      queues: [queue.name],
      deadLetters: deadLetters.map((watched) => placeOf(watched, config.region)),
      functions: functions.map(({ name }) => name),
      metrics: { namespace: METRICS_NAMESPACE, service: config.id },
    });
    this.dashboardUrl = dashboard.url;
  }

  /** An alarm can only notify a topic of its own region. */
  private alarmsIn(
    { config, names }: WatchProps,
    { region, provider }: { readonly region: string; readonly provider?: TerraformProvider },
  ): Alarms {
    const topicArn = config.alarm_topic_arn;
    const heard = topicArn !== undefined && parseArn(topicArn).region === region;
    return new Alarms(this, provider ? 'topic-alarms' : 'alarms', {
      nameOf: names.alarm,
      ...(heard && { topicArn }),
      ...(provider && { provider }),
    });
  }
}

function placeOf({ queue, elsewhere }: WatchedDeadLetters, region: string): RegionalQueue {
  return { name: queue.name, region: elsewhere?.region ?? region };
}
