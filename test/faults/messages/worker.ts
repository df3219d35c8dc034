import type { SQSRecord } from 'aws-lambda';
import { CachedTokens } from '../../../lambdas/ingestor/access-token.js';
import type { GranuleCollaborators } from '../../../lambdas/granule/collaborators.js';
import { granuleHandler } from '../../../lambdas/granule-handler.js';
import { sendHttp } from '../../../lambdas/runtime/http.js';
import { ingestor } from '../../../lambdas/ingestor/client.js';
import { silentLog } from '../../../lambdas/runtime/log.js';
import { silentMeter } from '../../../lambdas/runtime/metrics.js';
import { deadLetterAttributes } from '../../../lambdas/queue/dead-letters.js';
import type { AccessToken } from '../../../lambdas/ingestor/token-request.js';
import { benchPipeline } from './pipeline.js';
import {
  SETTINGS_VARIABLE,
  type FromWorker,
  type ToWorker,
  type WorkerCall,
  type WorkerSettings,
} from './protocol.js';
import { readSource } from '../../kit/read-source.js';

// Entry of the process that is killed. It runs the deployed handler with a stand-in for AWS in the parent process.
start(JSON.parse(process.env[SETTINGS_VARIABLE] ?? '{}') as WorkerSettings);

function start(settings: WorkerSettings): void {
  const call = caller();
  const handler = granuleHandler(benchPipeline).with(collaborators(settings, call));
  const invoke = async (id: number, records: readonly SQSRecord[]): Promise<void> => {
    const deadline = Date.now() + settings.functionSeconds * 1000;
    const getRemainingTimeInMillis = (): number => deadline - Date.now();
    try {
      const context = { awsRequestId: String(id), getRemainingTimeInMillis };
      const { batchItemFailures } = await handler({ Records: [...records] }, context);
      tell({
        type: 'result',
        id,
        failedIds: batchItemFailures.map((failure) => failure.itemIdentifier),
      });
    } catch (error) {
      tell({ type: 'fault', id, message: String(error) });
    }
  };
  process.on('message', (message: ToWorker) => {
    if (message.type === 'invoke') void invoke(message.id, message.records);
  });
  // The queue is in the parent process.
  process.on('disconnect', () => process.exit());
  tell({ type: 'ready' });
}

function tell(message: FromWorker): void {
  process.send?.(message);
}

type Call = (call: WorkerCall) => Promise<unknown>;

/** Requests to the parent process, matched to responses by number. */
function caller(): Call {
  const waiting = new Map<number, (value: unknown) => void>();
  let calls = 0;
  process.on('message', (message: ToWorker) => {
    if (message.type !== 'answer') return;
    waiting.get(message.id)?.(message.value);
    waiting.delete(message.id);
  });
  return (call) =>
    new Promise((resolve) => {
      const id = calls++;
      waiting.set(id, resolve);
      tell({ type: 'call', id, call });
    });
}

function collaborators(settings: WorkerSettings, call: Call): GranuleCollaborators {
  const { ingestorUrl, secret, httpTimeoutMs, maxReceiveCount, retryDelaySeconds } = settings;
  // The deployed timeout of 30 s would dominate the duration of the run.
  const send: typeof sendHttp = (request) => sendHttp({ ...request, timeoutMs: httpTimeoutMs });
  const tokens = new CachedTokens({
    log: silentLog,
    readSecret: () => Promise.resolve(secret),
    store: {
      read: async () => (await call({ kind: 'token', request: { kind: 'read' } })) as AccessToken,
      write: async (_, token) => {
        await call({ kind: 'token', request: { kind: 'write', token } });
      },
      claim: async () => (await call({ kind: 'token', request: { kind: 'claim' } })) === true,
      release: async () => {
        await call({ kind: 'token', request: { kind: 'release' } });
      },
    },
  });
  return {
    log: silentLog,
    meter: silentMeter,
    source: readSource(),
    postItem: ingestor({ url: ingestorUrl, tokens, send }).postItem,
    queue: {
      sendToDeadLetters: async (record, reason) => {
        const attributes = deadLetterAttributes(record, reason);
        await call({ kind: 'dead', messageId: record.messageId, attributes });
      },
      returnLater: async ({ receiptHandle }, seconds) => {
        await call({ kind: 'later', receiptHandle, seconds });
      },
    },
    retry: { pipeline: 'bench', maxReceiveCount, retryDelaySeconds },
  };
}
