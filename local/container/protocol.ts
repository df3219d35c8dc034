import type { SQSRecord } from 'aws-lambda';

import type { ClientSecret } from '../../lambdas/ingestor/client-secret.js';
import type { MetricName } from '../../lambdas/runtime/metrics.js';
import type { AccessToken } from '../../lambdas/ingestor/token-request.js';

/** Replaces the prefix `from` of an href by `to`. */
export interface HrefMap {
  readonly from: string;
  readonly to: string;
}

/** Settings of a container: what a deployed function has in its environment, and where to read instead of S3. */
export interface ContainerSettings {
  readonly pipeline: string;
  /** Path of the bundle of the pipeline's app. */
  readonly appFile: string;
  /** Undefined in a dry run: Items are made and not posted. */
  readonly ingestorUrl?: string;
  /** Client credentials; undefined if the ingestor needs no token. */
  readonly secret?: ClientSecret;
  /** A bearer token to send instead of getting one with `secret`. */
  readonly token?: string;
  readonly stacApiUrl?: string;
  readonly requesterPays: boolean;
  readonly region?: string;
  readonly maxReceiveCount: number;
  readonly retryDelaySeconds: number;
  /** Maps the href in a message to the href in the Item. */
  readonly hrefMap?: HrefMap;
  /** Maps the href in the Item to the place where it is read. */
  readonly sourceMap?: HrefMap;
  /** Whether Items are also sent to the main thread, because no local ingestor stores them. */
  readonly reportItems: boolean;
  readonly timeoutSeconds: number;
  /** Heap limit in MB; a container that exceeds it dies, as in Lambda. @default no limit */
  readonly memoryMb?: number;
}

export type Counts = Partial<Record<MetricName, number>>;

export interface LogEntry {
  readonly level: 'warn' | 'error';
  readonly message: string;
  readonly [field: string]: unknown;
}

export type ToContainer =
  | { readonly type: 'invoke'; readonly records: readonly SQSRecord[] }
  | { readonly type: 'token-answer'; readonly call: number; readonly value: unknown };

export type FromContainer =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly failedIds: readonly string[] }
  | { readonly type: 'function-error'; readonly message: string }
  | ({ readonly type: 'dead' } & DeadMessage)
  | { readonly type: 'later'; readonly receiptHandle: string; readonly seconds: number }
  | { readonly type: 'item'; readonly id: string; readonly json: string }
  | { readonly type: 'counts'; readonly counts: Counts }
  | { readonly type: 'log'; readonly entry: LogEntry }
  | { readonly type: 'token'; readonly call: number; readonly request: TokenRequest };

/** A message that becomes a dead letter, with the attributes that it would have in SQS. */
export interface DeadMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Requests of containers about their shared token, as they would make them to the state table. */
export type TokenRequest =
  | { readonly kind: 'read' }
  | { readonly kind: 'claim' }
  | { readonly kind: 'write'; readonly token: AccessToken };
