import { Construct } from 'constructs';
import type { RegionalProvider } from '../constructs/base-stack.js';
import { Alarms } from '../constructs/alarms.js';
import { Dashboard } from '../constructs/dashboard.js';
import type { RegionalQueue } from '../constructs/dashboard.js';
import type { DeadLetters } from '../constructs/dead-letters.js';
import { METRICS_NAMESPACE } from '../config/names.js';
import type { GranuleQueue } from '../constructs/granule-queue.js';
import type { PipelineNames } from '../config/names.js';
import type { DerivedValues } from './derived.js';
import type { PipelineFunction } from '../constructs/pipeline-function.js';
import type { PipelineSettings } from './settings.js';
import { terraformText } from '../constructs/tokens.js';

/** A dead-letter queue with the alarm that goes off when it is not empty. */
export interface MonitoredDeadLetters {
  /** Subject of the alarm, for example `schedule-dead-letters`. */
  readonly subject: string;
  readonly description: string;
  readonly queue: DeadLetters;
  /** Provider of the queue's region, if that is not the stack's. */
  readonly elsewhere?: RegionalProvider;
}

export interface MonitoringProps {
  readonly config: Pick<
    PipelineSettings,
    'id' | 'region' | 'max_age_minutes' | 'max_silence_minutes' | 'dashboard'
  >;
  readonly derived: Pick<
    DerivedValues,
    'alarmTopic' | 'topic' | 'consoleDomain' | 'inventory' | 'silence'
  >;
  readonly names: Pick<PipelineNames, 'alarm' | 'dashboard'>;
  readonly queue: GranuleQueue;
  readonly deadLetters: readonly MonitoredDeadLetters[];
  readonly functions: readonly PipelineFunction[];
}

/**
 * Alarms for everything that can fail in a stack, and a dashboard unless the config has `dashboard: false`.
 *
 * Resources: `aws_cloudwatch_dashboard`, and the resources of Alarms. The alarm on undeliverable notifications is in
 * the topic's region.
 */
export class Monitoring extends Construct {
  /** Undefined without a dashboard. */
  readonly dashboardUrl: string | undefined;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { config, derived, queue, deadLetters, functions } = props;
    const alarms = this.alarms(props);
    alarms.onAge('age', { queue: queue.name, minutes: config.max_age_minutes });
    for (const fn of functions) alarms.onFunction(fn.node.id, fn.name);
    this.watchSilence(alarms, props);
    const has = (role: string) => functions.some((fn) => fn.node.id === role);
    const isVerified = has('verify');
    const counts = [
      ...(derived.inventory !== undefined ? Object.entries(BACKFILL_COUNTS) : []),
      ...(isVerified ? Object.entries(VERIFY_COUNTS) : []),
      ...(has('breaker') ? Object.entries(BREAKER_COUNTS) : []),
    ];
    for (const [subject, count] of counts) {
      const dimensions = { service: config.id };
      alarms.onCount(subject, { ...count, namespace: METRICS_NAMESPACE, dimensions });
    }
    if (isVerified) {
      const dimensions = { service: config.id };
      alarms.onMaximum('verify-oldest', { ...OLDEST, namespace: METRICS_NAMESPACE, dimensions });
    }
    for (const { elsewhere, subject, description, queue: watched } of deadLetters) {
      const near = elsewhere === undefined ? alarms : this.topicAlarms(props, elsewhere);
      near.onDeadLetters(subject, { queue: watched.name, description });
    }
    // In a Terraform module the setting is a reference, and the module makes the dashboard by its value.
    this.dashboardUrl = config.dashboard === false ? undefined : this.dashboard(props).url;
  }

  private watchSilence(alarms: Alarms, { config, derived }: MonitoringProps): void {
    const { max_silence_minutes: minutes } = config;
    if (minutes === undefined || derived.silence === undefined) return;
    alarms.onSilence('silence', {
      description: silenceText(terraformText(config.id), minutes),
      namespace: METRICS_NAMESPACE,
      metricName: 'ItemsPosted',
      dimensions: { service: config.id },
      over: derived.silence,
    });
  }

  private dashboard(props: MonitoringProps): Dashboard {
    const { config, derived, names, queue, deadLetters, functions } = props;
    return new Dashboard(this, 'dashboard', {
      name: names.dashboard,
      region: config.region,
      consoleDomain: derived.consoleDomain,
      queues: [queue.name],
      deadLetters: deadLetters.map((watched) => placeOf(watched, config.region)),
      functions: functions.map(({ name }) => name),
      metrics: { namespace: METRICS_NAMESPACE, service: config.id },
    });
  }

  private alarms({ derived: { alarmTopic: topicArn }, names }: MonitoringProps): Alarms {
    return new Alarms(this, 'alarms', {
      nameOf: names.alarm,
      ...(topicArn !== undefined && { topicArn }),
    });
  }

  private topicAlarms({ derived, names }: MonitoringProps, { provider }: RegionalProvider): Alarms {
    const topicArn = derived.topic?.alarmTopic;
    return new Alarms(this, 'topic-alarms', {
      nameOf: names.alarm,
      provider,
      ...(topicArn !== undefined && { topicArn }),
    });
  }
}

/** Metrics of a backfill that should stay 0, by the subjects of their alarms. */
const BACKFILL_COUNTS = {
  // historic.ts and app.ts disagree.
  'backfill-skipped': {
    metricName: 'BackfillMessagesSkipped',
    description: 'The backfill sent messages that name no granule',
  },
  'rows-refused': {
    metricName: 'RowsRefused',
    description: 'The backfill refused rows of the inventory',
  },
} as const;

/** What to do, because there may be no other alarm. */
function silenceText(id: string, minutes: number): string {
  return (
    `No Item was posted for ${minutes} minutes. "npm run status -- ${id}" says whether consumption is held or something ` +
    'failed. If not, no messages come: see whether the topic still announces new granules, and whether the ' +
    'subscription, its filter policy and the policy of the queue are as deployed.'
  );
}

/** Metrics of a verification that should stay 0, by the subjects of their alarms. */
const VERIFY_COUNTS = {
  // After the last try an Item becomes a dead letter, which raises another alarm.
  'verify-failed-loads': {
    metricName: 'IngestionsRequeued',
    description:
      'Items that the ingestor accepted were not loaded into the catalogue, and were sent to the queue again',
  },
  'verify-overdue': {
    metricName: 'IngestionsUnverified',
    description: 'Items that were posted more than a day ago, or not recorded, are not verified',
  },
} as const;

/** Metrics of the breaker that should stay 0, by the subjects of their alarms. */
const BREAKER_COUNTS = {
  'breaker-holds': {
    metricName: 'BreakerHolds',
    description: 'Consumption is held, because no post succeeds',
  },
} as const;

/**
 * An Item that is not loaded within an hour is sent again by the next run, a quarter of an hour later at most. An older one
 * waits in vain.
 */
const OLDEST = {
  metricName: 'OldestPendingIngestion',
  description: 'An Item was posted more than two hours ago and is neither loaded nor sent again',
  threshold: 7_200,
} as const;

function placeOf({ queue, elsewhere }: MonitoredDeadLetters, region: string): RegionalQueue {
  return { name: queue.name, region: elsewhere?.region ?? region };
}
