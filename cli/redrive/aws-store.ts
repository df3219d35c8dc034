import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import { CommandError } from '../shared/command.js';
import type { DeadLetter, SendOptions } from './dead-letter.js';
import { discardFrom, openArchive, type DiscardResult } from './discard.js';
import { eventQueues } from '../shared/event-queues.js';
import { listDeadLetters } from './queue.js';
import type { DeadLetterStore, ListedDeadLetters } from './store.js';
import {
  type DeployedPipeline,
  errorText,
  findQueue,
  type FoundQueue,
  type QueueAddress,
  QueueError,
} from '../shared/deployed-pipeline.js';
import { RedriveJournal } from './journal.js';
import { redriveQueue, type RedriveResult } from './send.js';

/** The dead-letter queues of the granule queue and of its SNS subscription. The latter is in the topic's region. */
function deadLetterQueues({ config, names, topicRegion }: DeployedPipeline): QueueAddress[] {
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
    list: () => list(pipeline, { found, isStopped }),
    send: (deadLetters, options) =>
      send(deadLetters, { pipeline, out, found, isStopped, ...options }),
    discard: (deadLetters, to) => discard(deadLetters, { to, found, isStopped }),
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
  pipeline: DeployedPipeline,
  { found, isStopped }: ListTools,
): Promise<ListedDeadLetters> {
  const notes: string[] = [];
  const deadLetters: DeadLetter[] = [];
  const read = async (address: QueueAddress, holdsEvents: boolean): Promise<void> => {
    try {
      const queue = { ...(await findQueue(address, sqsClient(address.region))), holdsEvents };
      const { deadLetters: listed, note } = await listDeadLetters(queue, isStopped);
      for (const deadLetter of listed) deadLetters.push(deadLetter);
      if (note !== undefined) notes.push(note);
      found.push(queue);
    } catch (error) {
      // A stack that was deployed before it had this function or schedule has no such queue.
      if (holdsEvents && error instanceof QueueError && error.isMissing) return;
      notes.push(errorText(error));
    }
  };
  for (const address of deadLetterQueues(pipeline)) await read(address, false);
  for (const address of eventQueues(pipeline)) await read(address, true);
  if (found.length === 0) throw new CommandError(notes.join('; '));
  return { deadLetters, notes };
}

async function discard(
  deadLetters: readonly DeadLetter[],
  { to, found, isStopped }: ListTools & { readonly to: string },
): Promise<DiscardResult> {
  const archive = openArchive(to);
  const results: DiscardResult[] = [];
  try {
    for (const source of found) {
      const ids = idsIn(source, deadLetters);
      if (ids.size > 0) results.push(await discardFrom(source, ids, { archive, isStopped }));
    }
  } finally {
    archive.close();
  }
  return {
    discarded: results.reduce((sum, { discarded }) => sum + discarded, 0),
    gone: results.reduce((sum, { gone }) => sum + gone, 0),
    fault: results.find(({ fault }) => fault !== undefined)?.fault,
  };
}

function idsIn({ name }: FoundQueue, deadLetters: readonly DeadLetter[]): ReadonlySet<string> {
  return new Set(deadLetters.filter(({ queue }) => queue === name).map(({ id }) => id));
}

interface SendTools extends ListTools, SendOptions {
  readonly pipeline: DeployedPipeline;
  readonly out: string;
}

async function send(
  deadLetters: readonly DeadLetter[],
  { pipeline, out, found, isStopped, force = false }: SendTools,
): Promise<RedriveResult> {
  const { names, config } = pipeline;
  const address = { name: names.queue, region: config.region };
  const target = await findQueue(address, sqsClient(config.region));
  const journal = new RedriveJournal(join(out, 'redrive-journal.ndjson'));
  const results: RedriveResult[] = [];
  try {
    for (const source of found) {
      const ids = idsIn(source, deadLetters);
      if (ids.size === 0) continue;
      results.push(await redriveQueue(source, ids, { target, journal, isStopped, force }));
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
