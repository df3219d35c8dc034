import { PutMetricDataCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { METRICS_NAMESPACE } from '../../modules/config/names.js';
import { CommandError } from '../shared/command.js';
import { errorText } from '../shared/deployed-pipeline.js';
import type { Finding } from './finding.js';
import { knowsSurplus } from './reconciliation.js';

interface MetricTarget {
  /** The pipeline's value of the dimension `service`, as in the metrics of its functions. */
  readonly service: string;
  readonly client: Pick<CloudWatchClient, 'send'>;
}

/**
 * Writes the metrics MissingItems and, if it is known, SurplusItems. Throws CommandError. A comparison of some chunks, or
 * one that compared nothing, writes nothing, because an alarm would take its number for that of the whole Collection.
 */
export async function writeMetrics(
  { run, comparison }: Finding,
  { service, client }: MetricTarget,
): Promise<void> {
  if (run.chunks[0] !== undefined || comparison.expected === 0) return;
  const metric = (MetricName: string, Value: number) => ({
    MetricName,
    Value,
    Unit: 'Count' as const,
    Dimensions: [{ Name: 'service', Value: service }],
  });
  const MetricData = [
    metric('MissingItems', comparison.missing),
    ...(knowsSurplus(run) ? [metric('SurplusItems', comparison.surplus)] : []),
  ];
  try {
    await client.send(new PutMetricDataCommand({ Namespace: METRICS_NAMESPACE, MetricData }));
  } catch (cause) {
    throw new CommandError(
      `cannot write the metric MissingItems of ${run.target.pipeline}: ${errorText(cause)}`,
      { cause },
    );
  }
}
