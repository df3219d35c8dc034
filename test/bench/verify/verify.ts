import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ingestionTable } from '../../../lambdas/ingestor/ingestion-table.js';
import { ingestorReader } from '../../../lambdas/ingestor/reader.js';
import { AWS_REQUESTS } from '../../../lambdas/runtime/aws-requests.js';
import { systemClock } from '../../../lambdas/runtime/clock.js';
import { silentLog } from '../../../lambdas/runtime/log.js';
import { silentMeter } from '../../../lambdas/runtime/metrics.js';
import type { VerifyCollaborators } from '../../../lambdas/verify/collaborators.js';
import { verifyHandler } from '../../../lambdas/verify/handler.js';
import { progressRow } from '../../../lambdas/verify/progress.js';
import { figure, type Figures, type Print } from '../figures.js';

const INGESTOR_MS = 150;
const TABLE_MS = 5;
/** Lambda's maximum, and the timeout of the deployed function. */
const TIMEOUT_MS = 900_000;

/** Measures how many loaded Items the verifying function settles in a second, over HTTP and with signed requests. */
export async function benchVerify(items: number, print: Print): Promise<Figures> {
  const worker = fork(
    join(import.meta.dirname, 'services-worker.ts'),
    [items, INGESTOR_MS, TABLE_MS].map(String),
    { execArgv: ['--import', 'tsx', '--no-warnings'] },
  );
  const [url] = (await once(worker, 'message')) as [string];
  try {
    const handler = verifyHandler().with(collaboratorsOf(url));
    const [started, cpu] = [performance.now(), process.cpuUsage()];
    const { loaded, unsettled } = await handler({}, { getRemainingTimeInMillis: () => TIMEOUT_MS });
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    worker.send('count');
    const [deleted] = (await once(worker, 'message')) as [number];
    if (deleted < loaded) throw new Error(`${deleted} rows were deleted, not ${loaded}`);
    const cpuMs = (user + system) / 1000 / items;
    print(
      'Items settled',
      `${Math.round(loaded / seconds)} a second, ${cpuMs.toFixed(2)} ms of CPU`,
    );
    return {
      settledPerSecond: figure(loaded / seconds),
      cpuMsPerItem: figure(cpuMs),
      ingestorMs: INGESTOR_MS,
      tableMs: TABLE_MS,
      items,
      // On a busy machine a request may take longer than its limit.
      unsettled,
    };
  } finally {
    worker.disconnect();
    await once(worker, 'exit');
  }
}

function collaboratorsOf(url: string): VerifyCollaborators {
  const client = new DynamoDBClient({
    endpoint: url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    requestHandler: AWS_REQUESTS,
  });
  const tokens = {
    get: () => Promise.resolve('a token'),
    forget: () => undefined,
  };
  const unused = () => Promise.reject(new Error('every Item of the bench is loaded'));
  return {
    ingestions: ingestionTable('state', client),
    getIngestion: ingestorReader({ url: `${url}/api`, tokens }).getIngestion,
    queue: { sendAgain: unused, sendToDeadLetters: unused },
    versions: { forget: unused },
    progress: progressRow('state', client),
    maxTries: 3,
    clock: systemClock,
    log: silentLog,
    meter: silentMeter,
  };
}
