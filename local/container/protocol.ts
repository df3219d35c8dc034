import type { SQSRecord } from 'aws-lambda';

import type { ClientSecret } from '../../lambdas/ingestor/client-secret.js';
import type { MetricName } from '../../lambdas/runtime/metrics.js';
import type { AccessToken } from '../../lambdas/ingestor/token-request.js';

/** Replaces the prefix `from` of an href with `to`. */
export interface HrefMap {
  readonly from: string;
  readonly to: string;
}

/** Settings of a container: those of a deployed function's environment, and the maps for granules on disk. */
export interface ContainerSettings {
  readonly pipeline: string;
  /** Path of the bundle of the pipeline's app.ts. */
  readonly appFile: string;
  /** If undefined, Items are made but not posted. */
  readonly ingestorUrl?: string;
  /** Credentials for access tokens. Undefined if the ingestor needs none. */
  readonly secret?: ClientSecret;
  /** A fixed access token, used instead of `secret`. */
  readonly token?: string;
  readonly stacApiUrl?: string;
  /** The version of the code that posted Items name. */
  readonly codeVersion?: string;
  readonly requesterPays: boolean;
  readonly region?: string;
  readonly maxReceiveCount: number;
  readonly retryDelaySeconds: number;
  /** Maps the href in a message to the href in the Item. */
  readonly hrefMap?: HrefMap;
  /** Maps the href in the Item to the location it is read from. */
  readonly sourceMap?: HrefMap;
  /** If true, Items are also sent to the main thread, because no local ingestor stores them. */
  readonly reportItems: boolean;
  /** Environment variables in addition to those of this process, as those of the deployed function. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Maximum heap in megabytes. A container that exceeds it dies, as in Lambda. @default no limit */
  readonly memoryMb?: number;
}

export type Counts = Partial<Record<MetricName, number>>;

/** One attempt at a message that was received before, or is received again. */
export interface Attempt {
  readonly messageId: string;
  /** Ids of the Items that were made, and of those that were posted. */
  readonly made: readonly string[];
  readonly posted: readonly string[];
  /** Whether this was the last attempt. */
  readonly isLast: boolean;
}

export interface LogEntry {
  readonly level: 'warn' | 'error';
  readonly message: string;
  readonly [field: string]: unknown;
}

export type ToContainer =
  | { readonly type: 'invoke'; readonly records: readonly SQSRecord[] }
  | { readonly type: 'token-response'; readonly call: number; readonly value: unknown };

export type FromContainer =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly failedIds: readonly string[] }
  | { readonly type: 'function-error'; readonly message: string }
  | ({ readonly type: 'dead' } & DeadMessage)
  | { readonly type: 'later'; readonly receiptHandle: string; readonly seconds: number }
  | { readonly type: 'item'; readonly id: string; readonly json: string }
  | { readonly type: 'counts'; readonly counts: Counts; readonly attempts: readonly Attempt[] }
  | { readonly type: 'log'; readonly entry: LogEntry }
  | { readonly type: 'token'; readonly call: number; readonly request: TokenRequest };

/** A message that failed permanently, with the attributes of its dead letter. */
export interface DeadMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A request for the access token that the containers share. In AWS it would go to the state table. */
export type TokenRequest =
  | { readonly kind: 'read' }
  | { readonly kind: 'claim' | 'release' }
  | { readonly kind: 'write'; readonly token: AccessToken };
