import type { Ingestion } from '../../lambdas/ingestor/reader.js';

/** An Item that the ingestor accepted but did not load. */
export interface FailedIngestion {
  readonly id: string;
  readonly message: string;
  readonly updatedAt: string | undefined;
}

/** The failed ones among the Items that a pipeline posted and that are not settled yet. */
export interface OwnFailures {
  readonly failed: readonly FailedIngestion[];
  /** Why there may be more; undefined if there are none. */
  readonly unseen: string | undefined;
}

export function failedOf({ id, message, updatedAt }: Ingestion): FailedIngestion {
  return { id, message: message ?? '(no message)', updatedAt };
}
