import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** The metrics behind the dashboard and the alarms of a stack. */
export type MetricName =
  | 'ItemsMade'
  | 'ItemsPosted'
  | 'ItemsSuperseded'
  | 'MessagesSkipped'
  | 'BackfillMessagesSkipped'
  | 'RowsRefused'
  | 'RowsArchived'
  | 'RecordsFailedPermanent'
  | 'RecordsFailedTransient'
  | 'IngestionsLoaded'
  | 'IngestionsRequeued'
  | 'IngestionsDead'
  | 'IngestionsUnverified'
  | 'OldestPendingIngestion'
  | 'BreakerHolds'
  | 'TokenRequests'
  | 'IngestorLatency';

export interface Meter {
  count(
    name: Exclude<MetricName, 'IngestorLatency' | 'OldestPendingIngestion'>,
    value?: number,
  ): void;
  milliseconds(name: 'IngestorLatency', value: number): void;
  seconds(name: 'OldestPendingIngestion', value: number): void;
  /** Writes everything counted since the last call, in CloudWatch's embedded metric format. */
  publish(): void;
}

/** Creates a meter. Powertools reads namespace and service from POWERTOOLS_METRICS_NAMESPACE and POWERTOOLS_SERVICE_NAME. */
export function embeddedMetrics(): Meter {
  const metrics = new Metrics();
  let counted: Partial<Record<MetricName, number>> = {};
  return {
    count: (name, value = 1) => {
      // Summed here, so that each invocation writes one value per metric.
      counted[name] = (counted[name] ?? 0) + value;
    },
    milliseconds: (name, value) => {
      metrics.addMetric(name, MetricUnit.Milliseconds, value);
    },
    seconds: (name, value) => {
      metrics.addMetric(name, MetricUnit.Seconds, value);
    },
    publish: () => {
      for (const [name, value] of Object.entries(counted)) {
        metrics.addMetric(name, MetricUnit.Count, value);
      }
      counted = {};
      // Without metrics it would print a warning that is not JSON.
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}

/** Discards everything; for tests and local runs. */
export const silentMeter: Meter = { count: noop, milliseconds: noop, seconds: noop, publish: noop };

function noop(): void {
  // Discards the value.
}
