import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { CreateQueueCommand, DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs';

/** A queue over HTTP in a separate process, so that its work does not count as the sender's. */
export interface BenchQueue {
  readonly client: SQSClient;
  readonly url: string;
  readonly close: () => Promise<void>;
}

const NAME = 'bench';

/** Starts this project's own queue, which responds to every call after `responseMs`. */
export async function standInQueue(responseMs: number): Promise<BenchQueue> {
  const worker = fork(join(import.meta.dirname, 'sqs-worker.ts'), [NAME, String(responseMs)], {
    execArgv: ['--import', 'tsx', '--no-warnings'],
  });
  const [endpoint] = (await once(worker, 'message')) as [string];
  const client = new SQSClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  const close = async (): Promise<void> => {
    client.destroy();
    worker.disconnect();
    await once(worker, 'exit');
  };
  return { client, url: `${endpoint}/000000000000/${NAME}`, close };
}

/** Creates a queue in an emulator, and deletes it at the end. Region and credentials come from the environment. */
export async function emulatorQueue(endpoint: string): Promise<BenchQueue> {
  const client = new SQSClient({ endpoint });
  const QueueName = `${NAME}-${randomUUID()}`;
  const { QueueUrl: url = '' } = await client.send(new CreateQueueCommand({ QueueName }));
  const close = async (): Promise<void> => {
    await client.send(new DeleteQueueCommand({ QueueUrl: url }));
    client.destroy();
  };
  return { client, url, close };
}
