import type { SQSRecord } from 'aws-lambda';

import type { ClientSecret } from '../../lambdas/ingestor/client-secret.js';
import type { MetricName } from '../../lambdas/runtime/metrics.js';
import type { AccessToken } from '../../lambdas/ingestor/token-request.js';

/** Hrefs that begin with `from` begin with `to` instead. */
export interface HrefMap {
  readonly from: string;
  readonly to: string;
}

/** What a container is started with: the environment of a deployed function, and where to read instead of S3. */
export interface ContainerSettings {
  readonly pipeline: string;
  /** Of the bundle of the pipeline's app. */
  readonly appFile: string;
  /** undefined: Items are made and posted nowhere. */
  readonly ingestorUrl?: string;
  /** How to get tokens; undefined for an ingestor that wants none. */
  readonly secret?: ClientSecret;
  /** A token to send as it is, instead of `secret`. */
  readonly token?: string;
  readonly stacApiUrl?: string;
  readonly requesterPays: boolean;
  readonly region?: string;
  readonly maxReceiveCount: number;
  readonly retryDelaySeconds: number;
  /** From the href that a message gives to the one that the Item carries. */
  readonly hrefMap?: HrefMap;
  /** From the href that the Item carries to where it is read. */
  readonly sourceMap?: HrefMap;
  /** Items are sent to the main thread as well, since no local ingestor keeps them. */
  readonly reportItems: boolean;
  readonly timeoutSeconds: number;
  /** Of a container's heap; beyond it the container dies, as in Lambda. @default no limit */
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

/** A message that will not become an Item, with the attributes that its dead letter has in SQS. */
export interface DeadMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What containers ask of the token that they share, as they would ask the state table. */
export type TokenRequest =
  | { readonly kind: 'read' }
  | { readonly kind: 'claim' }
  | { readonly kind: 'write'; readonly token: AccessToken };
