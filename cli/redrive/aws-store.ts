import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { CommandError } from '../shared/command.js';
import type { DeadLetter } from './dead-letter.js';
import { listDeadLetters } from './queue.js';
import type { DeadLetterStore, ListedDeadLetters } from './store.js';
import {
  type DeployedPipeline,
  errorText,
  findQueue,
  type FoundQueue,
  type QueueAddress,
} from '../shared/deployed-pipeline.js';
import { RedriveJournal } from './journal.js';
import { redriveQueue, type RedriveResult } from './send.js';

/** The dead-letter queues of the granule queue and of its SNS subscription. The latter is in the topic's region. */
export function deadLetterQueues({
  config,
  names,
  topicRegion,
}: DeployedPipeline): readonly QueueAddress[] {
  const own = { name: names.deadLetters, region: config.region };
  if (topicRegion === undefined) return [own];
  return [own, { name: names.subscriptionDeadLetters, region: topicRegion }];
}

/** The dead letters of a deployed pipeline. `out` is the folder for the journal of a redrive. */
export function deployedDeadLetters(
  pipeline: DeployedPipeline,
  out = join('out', pipeline.id),
): DeadLetterStore {
  const found: FoundQueue[] = [];
  let stopped = false;
  const isStopped = (): boolean => stopped;
  return {
    list: () => list(deadLetterQueues(pipeline), { found, isStopped }),
    send: (deadLetters) => send(deadLetters, { pipeline, out, found, isStopped }),
    stop: () => {
      stopped = true;
    },
  };
}

interface ListTools {
  readonly found: FoundQueue[];
  readonly isStopped: () => boolean;
}

async function list(
  addresses: readonly QueueAddress[],
  { found, isStopped }: ListTools,
): Promise<ListedDeadLetters> {
  const notes: string[] = [];
  const deadLetters: DeadLetter[] = [];
  for (const address of addresses) {
    try {
      const queue = await findQueue(address, sqsClient(address.region));
      deadLetters.push(...(await listDeadLetters(queue, isStopped)));
      found.push(queue);
    } catch (error) {
      notes.push(errorText(error));
    }
  }
  if (found.length === 0) throw new CommandError(notes.join('; '));
  return { deadLetters, notes };
}

interface SendTools extends ListTools {
  readonly pipeline: DeployedPipeline;
  readonly out: string;
}

async function send(
  deadLetters: readonly DeadLetter[],
  { pipeline, out, found, isStopped }: SendTools,
): Promise<RedriveResult> {
  const { names, config } = pipeline;
  const address = { name: names.queue, region: config.region };
  const target = await findQueue(address, sqsClient(config.region));
  const journal = new RedriveJournal(join(out, 'redrive-journal.ndjson'));
  const results: RedriveResult[] = [];
  try {
    for (const source of found) {
      const ids = deadLetters.filter(({ queue }) => queue === source.name).map(({ id }) => id);
      if (ids.length === 0) continue;
      results.push(await redriveQueue(source, new Set(ids), { target, journal, isStopped }));
    }
  } finally {
    journal.close();
  }
  return results.reduce(added, NOTHING_SENT);
}

const NOTHING_SENT: RedriveResult = {
  sent: 0,
  finished: 0,
  maybeTwice: 0,
  gone: 0,
  refused: [],
  fault: undefined,
};

function added(one: RedriveResult, other: RedriveResult): RedriveResult {
  return {
    sent: one.sent + other.sent,
    finished: one.finished + other.finished,
    maybeTwice: one.maybeTwice + other.maybeTwice,
    gone: one.gone + other.gone,
    refused: [...one.refused, ...other.refused],
    fault: one.fault ?? other.fault,
  };
}

function sqsClient(region: string): SQSClient {
  return new SQSClient({ region, requestHandler: AWS_REQUESTS });
}
