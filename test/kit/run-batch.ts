import type { GranuleCollaborators } from '../../lambdas/granule/collaborators.js';
import { MAX_RECEIVE_COUNT } from '../../lambdas/granule/outcome.js';
import type { Granule, GranuleHandler } from '../../lambdas/granule-handler.js';
import type { GranuleSource } from '../../lambdas/source/href.js';
import { ingestor } from '../../lambdas/ingestor/client.js';
import type { LogFields } from '../../lambdas/runtime/log.js';
import { silentMeter } from '../../lambdas/runtime/metrics.js';
import type { Item } from '../../lambdas/stac/stac.js';
import { recordsOf } from './records.js';

export interface BatchOptions {
  readonly source: GranuleSource;
  /** URL of an ingestor to post to. @default Items are only collected */
  readonly ingestorUrl?: string;
  /** Number of receives, including this one. @default 1 */
  readonly receives?: number;
  readonly maxReceiveCount?: number;
  readonly stacApiUrl?: string;
}

/** Outcome of a batch; messages are identified by their bodies. */
export interface BatchResult {
  readonly items: readonly Item[];
  /** Bodies that return to the queue. */
  readonly failed: readonly string[];
  readonly dead: readonly { readonly body: string; readonly reason: string }[];
  readonly warnings: readonly { readonly message: string; readonly fields: LogFields }[];
}

const REMAINING_MS = 60_000;

/**
 * Runs a pipeline's handler on one batch of messages, with stand-ins for everything but the pipeline.
 * @example
 * const { items, dead } = await runBatch(handler, [s3Event('waves', '1/meta.xml')], { source });
 * expect(items).toHaveLength(1);
 * expect(dead).toEqual([]);
 */
export async function runBatch<G extends Granule>(
  handler: GranuleHandler<G>,
  bodies: readonly unknown[],
  options: BatchOptions,
): Promise<BatchResult> {
  const records = recordsOf(bodies, { receives: options.receives ?? 1 });
  const { collaborators, ...seen } = standIns(options);
  const context = { awsRequestId: 'test', getRemainingTimeInMillis: () => REMAINING_MS };
  const { batchItemFailures } = await handler.with(collaborators)({ Records: records }, context);
  const failedIds = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  const failed = records.filter(({ messageId }) => failedIds.includes(messageId));
  return { ...seen, failed: failed.map(({ body }) => body) };
}

function standIns({
  source,
  ingestorUrl,
  maxReceiveCount = MAX_RECEIVE_COUNT,
  stacApiUrl,
}: BatchOptions) {
  const items: Item[] = [];
  const dead: { body: string; reason: string }[] = [];
  const warnings: { message: string; fields: LogFields }[] = [];
  const post =
    ingestorUrl === undefined ? undefined : ingestor({ url: ingestorUrl, tokens: undefined });
  const collaborators: GranuleCollaborators = {
    source,
    stacApiUrl,
    meter: silentMeter,
    log: {
      info: () => undefined,
      // The outcome of a record is logged as well, and stands in the result.
      warn: (message, fields = {}) => {
        if (message !== 'record') warnings.push({ message, fields });
      },
      error: () => undefined,
    },
    postItem: async (item, postOptions) => {
      await post?.postItem(item, postOptions);
      items.push(item);
    },
    queue: {
      sendToDeadLetters: ({ body }, { failure }) => {
        dead.push({ body, reason: failure.message });
        return Promise.resolve();
      },
      returnLater: () => Promise.resolve(),
    },
    retry: { pipeline: 'test', maxReceiveCount, retryDelaySeconds: 1 },
  };
  return { collaborators, items, dead, warnings };
}
