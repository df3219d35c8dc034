import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { GRANULE_QUEUE } from '../../modules/config/construct-ids.js';
import type { PipelinePlan } from './terraform.js';
import type { PlannedChange } from './summary.js';

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;
const URL_OF_QUEUE = /^https:\/\/sqs\.([a-z0-9-]+)\./;

/**
 * Asks SQS whether the queues that a plan deletes have messages: an empty one loses nothing. The granule queue never
 * counts as empty, because it may have new messages by the time of the apply. A queue that cannot be asked counts as
 * one with messages.
 */
export async function withEmptyQueues(plan: PipelinePlan): Promise<PipelinePlan> {
  if (!('summary' in plan)) return plan;
  const changes = await Promise.all(plan.summary.changes.map(withoutLossIfEmpty));
  return { ...plan, summary: { ...plan.summary, changes } };
}

async function withoutLossIfEmpty(change: PlannedChange): Promise<PlannedChange> {
  const { type, address, loses, url } = change;
  if (type !== 'aws_sqs_queue' || loses === undefined || url === undefined) return change;
  if (address === GRANULE_QUEUE || !(await isEmpty(url))) return change;
  return { ...change, loses: undefined, clears: { grade: 'remade', what: 'no messages in it' } };
}

async function isEmpty(url: string): Promise<boolean> {
  const region = URL_OF_QUEUE.exec(url)?.[1];
  const sqs = new SQSClient({
    requestHandler: AWS_REQUESTS,
    ...(region !== undefined && { region }),
  });
  try {
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...COUNTS] });
    const { Attributes = {} } = await sqs.send(command);
    return COUNTS.every((name) => Attributes[name] === '0');
  } catch {
    return false;
  } finally {
    sqs.destroy();
  }
}
