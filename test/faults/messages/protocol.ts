import type { SQSRecord } from 'aws-lambda';
import type { ClientSecret } from '../../../lambdas/ingestor/client-secret.js';
import type { TokenRequest } from '../../../local/container/protocol.js';

/** What the worker process is started with, as JSON in its environment. */
export interface WorkerSettings {
  readonly ingestorUrl: string;
  readonly secret: ClientSecret;
  readonly maxReceiveCount: number;
  readonly retryDelaySeconds: number;
  readonly functionSeconds: number;
  /** Of one HTTP exchange, in milliseconds. */
  readonly httpTimeoutMs: number;
}

/** What the handler asks of AWS; the parent process answers. */
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
