import { eventQueues } from '../shared/event-queues.js';
import { type DeployedPipeline, QueueError } from '../shared/deployed-pipeline.js';
import type { AwsClients } from '../shared/aws-clients.js';
import { failedPart, type Part } from './part.js';
import { clientsIn, queueStatus, type QueueStatus } from './queues.js';

/** A queue of failed events of functions or schedules. */
export interface EventQueueStatus {
  readonly title: string;
  readonly queue: Part<QueueStatus>;
}

/** Requests the queues of failed events. A stack that was deployed before it had a function or schedule has none for it. */
export async function eventStatuses(
  pipeline: Pick<DeployedPipeline, 'config' | 'names'>,
  clients: Pick<AwsClients, 'sqs' | 'cloudWatch'>,
): Promise<EventQueueStatus[]> {
  const all = eventQueues(pipeline).map(async ({ title, ...address }) => {
    try {
      return {
        title,
        queue: { value: await queueStatus(address, clientsIn(address.region, clients)) },
      };
    } catch (error) {
      if (error instanceof QueueError && error.isMissing) return undefined;
      return { title, queue: failedPart(error) };
    }
  });
  return (await Promise.all(all)).filter((one) => one !== undefined);
}

/** What needs attention of these queues, one sentence each. */
export function eventTexts({ pipeline, events }: EventsOfPipeline): string[] {
  return events.flatMap(({ title, queue }) => {
    if ('error' in queue) return [`the queue of ${title} could not be reached`];
    const count = queue.value.visible + queue.value.inFlight;
    return count === 0 ? [] : [`${count} ${title}: npm run redrive -- ${pipeline}`];
  });
}

interface EventsOfPipeline {
  readonly pipeline: string;
  readonly events: readonly EventQueueStatus[];
}
