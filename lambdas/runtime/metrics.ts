import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** What the dashboard and the alarms of a stack are drawn from. */
export type MetricName =
  | 'ItemsMade'
  | 'ItemsPosted'
  | 'MessagesSkipped'
  | 'RecordsFailedPermanent'
  | 'RecordsFailedTransient'
  | 'TokenRequests'
  | 'IngestorLatency';

export interface Meter {
  count(name: Exclude<MetricName, 'IngestorLatency'>, value?: number): void;
  milliseconds(name: 'IngestorLatency', value: number): void;
  /** Writes what was counted since the last time, in CloudWatch's embedded metric format. */
  publish(): void;
}

/** Namespace and service come from POWERTOOLS_METRICS_NAMESPACE and POWERTOOLS_SERVICE_NAME. */
export function embeddedMetrics(): Meter {
  const metrics = new Metrics();
  let counted: Partial<Record<MetricName, number>> = {};
  return {
    count: (name, value = 1) => {
      // Summed here: one value a metric and invocation is what the format is billed and read by.
      counted[name] = (counted[name] ?? 0) + value;
    },
    milliseconds: (name, value) => {
      metrics.addMetric(name, MetricUnit.Milliseconds, value);
    },
    publish: () => {
      for (const [name, value] of Object.entries(counted)) {
        metrics.addMetric(name, MetricUnit.Count, value);
      }
      counted = {};
      // With nothing to publish it warns of that, in a line that is no JSON.
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}

export const silentMeter: Meter = { count: noop, milliseconds: noop, publish: noop };

function noop(): void {
  // A meter that counts nothing.
}
