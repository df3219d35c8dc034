import { GetMetricStatisticsCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { AwsClients } from '../shared/aws-clients.js';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { findQueue, type QueueAddress, type SqsSender } from '../shared/deployed-pipeline.js';

/** The depth of a queue. All counts are estimates of SQS. */
export interface QueueStatus {
  readonly name: string;
  readonly visible: number;
  /** Messages that are being processed or waiting for a retry. */
  readonly inFlight: number;
  readonly delayed: number;
  /** Age at which SQS deletes a message, in seconds. */
  readonly retentionSeconds: number;
  /** Age of the oldest message in seconds, delayed by a few minutes; undefined if CloudWatch has no value yet. */
  readonly oldestSeconds: number | undefined;
}

export interface QueueClients {
  readonly sqs: SqsSender;
  readonly cloudWatch: Pick<CloudWatchClient, 'send'>;
}

/** SQS reports to CloudWatch every minute. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
const LOOK_BACK_SECONDS = 900;

/** That of the granule queue. */
const DEFAULT_RETENTION_SECONDS = 7 * 86_400;

/** Requests the depth of a queue and the age of its oldest message. Throws QueueError. */
export async function queueStatus(
  address: QueueAddress,
  clients: QueueClients,
): Promise<QueueStatus> {
  const { sqs, url } = await findQueue(address, clients.sqs);
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
        'MessageRetentionPeriod',
      ],
    }),
  );
  const visible = Number(Attributes.ApproximateNumberOfMessages);
  const inFlight = Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  return {
    name: address.name,
    visible,
    inFlight,
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
    retentionSeconds: Number(Attributes.MessageRetentionPeriod ?? DEFAULT_RETENTION_SECONDS),
    // CloudWatch keeps reporting the last age for a while after the queue is empty.
    oldestSeconds:
      visible + inFlight > 0 ? await tryOldest(address.name, clients.cloudWatch) : undefined,
  };
}

export function clientsIn(
  region: string,
  { sqs, cloudWatch }: Pick<AwsClients, 'sqs' | 'cloudWatch'>,
): QueueClients {
  return { sqs: sqs(region), cloudWatch: cloudWatch(region) };
}

/** undefined if the request fails, since the rest of the status is useful without the age. */
async function tryOldest(
  queue: string,
  cloudWatch: QueueClients['cloudWatch'],
): Promise<number | undefined> {
  const now = Date.now();
  const request = new GetMetricStatisticsCommand({
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateAgeOfOldestMessage',
    Dimensions: [{ Name: 'QueueName', Value: queue }],
    StartTime: new Date(now - LOOK_BACK_SECONDS * 1000),
    EndTime: new Date(now),
    Period: 60,
    Statistics: ['Maximum'],
  });
  try {
    const { Datapoints = [] } = await cloudWatch.send(request);
    const newest = Datapoints.toSorted(
      (one, other) => Number(other.Timestamp) - Number(one.Timestamp),
    )[0];
    return newest?.Maximum;
  } catch {
    return undefined;
  }
}
