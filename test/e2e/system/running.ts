import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryCall } from '../deployment/aws-call.js';
import { ALL_WELL, type GateState, type LoggedPost } from '../deployment/faults.js';
import { clientOptions } from './platform.js';
import { loopback } from './services.js';
import { TOPIC_ARN } from '../deployment/stacks.js';
import { readSystem, type System } from './system.js';
import { TOPIC_REGION } from './places.js';

/** The system that E2E_RUN names: `npm run test:e2e` sets it, or a person after `npm run e2e:up`. */
export const system: System = readSystem(requiredFolder());

export const sqs = new SQSClient(clientOptions(system.endpoint));

function requiredFolder(): string {
  const folder = process.env['E2E_RUN'];
  if (folder !== undefined && folder !== '') return folder;
  throw new Error('E2E_RUN is not set to a run: start the suite with npm run test:e2e');
}

/** Polls `look` until `isDone` accepts its result; throws with the last result after `seconds`. */
export async function waitFor<T>(
  look: () => Promise<T>,
  isDone: (value: T) => boolean,
  seconds = 60,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await look();
    if (isDone(value)) return value;
    if (Date.now() > deadline) {
      const seen = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 500);
      throw new Error(
        `not so within ${seconds} s; last seen: ${seen}; logs: ${system.folder}/logs`,
      );
    }
    await sleep(200);
  }
}

/** Publishes as the owner of the topic, in its account and region. */
export async function publish(message: unknown): Promise<void> {
  const owner = {
    endpoint: system.endpoint,
    account: TOPIC_ARN.split(':')[4] ?? '',
    region: TOPIC_REGION,
  };
  await queryCall(owner, ['sns', 'Publish'], {
    TopicArn: TOPIC_ARN,
    Subject: 'productAdded',
    Message: JSON.stringify(message),
  });
}

/** Publishes notifications of new products. */
export async function announce(granules: readonly { readonly path: string }[]): Promise<void> {
  await Promise.all(granules.map(({ path }) => publish({ path, productType: 'GRD' })));
}

/** Sets what the proxies in front of the ingestor and of PostgreSQL do from now on. */
export async function setGate(state: Partial<GateState>): Promise<void> {
  const body = JSON.stringify({ ...ALL_WELL, ...state });
  await fetch(loopback(system.ports.control), { method: 'PUT', body });
}

/** Returns every POST to the ingestor so far, as the proxy logged it. */
export async function posts(): Promise<LoggedPost[]> {
  return (await (await fetch(loopback(system.ports.control))).json()) as LoggedPost[];
}

export async function postsOf(id: string): Promise<LoggedPost[]> {
  return (await posts()).filter((post) => post.id === id);
}

/** Waits until no message is visible or in flight. */
export async function waitUntilDrained(queueUrl: string, seconds = 60): Promise<void> {
  await waitFor(
    () => depthOf(queueUrl),
    ({ visible, hidden }) => visible + hidden === 0,
    seconds,
  );
}

export interface Depth {
  readonly visible: number;
  readonly hidden: number;
}

export async function depthOf(queueUrl: string): Promise<Depth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    hidden: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
  };
}
