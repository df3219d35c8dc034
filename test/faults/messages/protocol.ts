import type { SQSRecord } from 'aws-lambda';
import type { ClientSecret } from '../../../lambdas/ingestor/client-secret.js';
import type { TokenRequest } from '../../../local/container/protocol.js';

/** Settings of the worker process, passed as JSON in its environment. */
export interface WorkerSettings {
  readonly ingestorUrl: string;
  readonly secret: ClientSecret;
  readonly maxReceiveCount: number;
  readonly retryDelaySeconds: number;
  readonly functionSeconds: number;
  /** Timeout of one HTTP request in milliseconds. */
  readonly httpTimeoutMs: number;
}

/** Requests of the handler to AWS, to which the parent process responds. */
export type WorkerCall =
  | {
      readonly kind: 'dead';
      readonly messageId: string;
      readonly attributes: Record<string, string>;
    }
  | { readonly kind: 'later'; readonly receiptHandle: string; readonly seconds: number }
  | { readonly kind: 'token'; readonly request: TokenRequest };

export type ToWorker =
  | { readonly type: 'invoke'; readonly id: number; readonly records: readonly SQSRecord[] }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly id: number; readonly failedIds: readonly string[] }
  | { readonly type: 'fault'; readonly id: number; readonly message: string }
  | { readonly type: 'call'; readonly id: number; readonly call: WorkerCall };

export const SETTINGS_VARIABLE = 'FAULT_BENCH_WORKER';
