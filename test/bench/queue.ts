import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { CreateQueueCommand, DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs';

/** A queue over HTTP in a process of its own, so that its work does not count as the sender's. */
export interface BenchQueue {
  readonly client: SQSClient;
  readonly url: string;
  readonly close: () => Promise<void>;
}

const NAME = 'bench';

/** The stand-in of this project, which answers each call after so many milliseconds. */
export async function standInQueue(answerMs: number): Promise<BenchQueue> {
  const worker = fork(join(import.meta.dirname, 'sqs-worker.ts'), [NAME, String(answerMs)], {
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

/** A queue of an emulator, made here and deleted at the end; region and credentials are the environment's. */
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
