import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { findQueue, type QueueAddress, type SqsSender } from '../shared/queue-url.js';

/** How full a queue is; all numbers are SQS's estimates. */
export interface QueueStatus {
  readonly name: string;
  readonly visible: number;
  /** Received and neither deleted nor due again: being handled, or waiting for another try. */
  readonly inFlight: number;
  readonly delayed: number;
  /** Age of the oldest message in seconds, a few minutes late; undefined where CloudWatch has not said yet. */
  readonly oldestSeconds: number | undefined;
}

export interface QueueClients {
  readonly sqs: SqsSender;
  readonly cloudWatch: Pick<CloudWatchClient, 'send'>;
}

/** SQS tells CloudWatch every minute. @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
const LOOK_BACK_SECONDS = 900;

/** Throws QueueError. */
export async function queueStatus(
  address: QueueAddress,
  clients: QueueClients = clientsIn(address.region),
): Promise<QueueStatus> {
  const { sqs, url } = await findQueue(address, clients.sqs);
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
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
    // The last age is reported for a while after the queue was emptied.
    oldestSeconds:
      visible + inFlight > 0 ? await tryOldest(address.name, clients.cloudWatch) : undefined,
  };
}

function clientsIn(region: string): QueueClients {
  return { sqs: new SQSClient({ region }), cloudWatch: new CloudWatchClient({ region }) };
}

/** The age is worth having, and no reason to show nothing else. */
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
