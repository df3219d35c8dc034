import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { setApart } from './granule/apart.js';
import { processBatch, type RecordResult } from './granule/batch.js';
import { deployedCollaborators, type GranuleCollaborators } from './granule/collaborators.js';
import type { Granule, GranulePipeline } from './granule/items.js';
import { settle } from './granule/outcome.js';

export type { Granule, GranulePipeline, ItemContext } from './granule/items.js';

type InvocationContext = Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>;

export interface GranuleHandler<G extends Granule = Granule> {
  (event: SQSEvent, context: InvocationContext): Promise<SQSBatchResponse>;
  readonly pipeline: GranulePipeline<G>;
  /** Returns the same handler with these collaborators instead of the deployed ones. */
  with(collaborators: GranuleCollaborators): GranuleHandler<G>;
}

/**
 * Creates the Lambda handler of a pipeline's queue. It creates an Item from each message and posts it to the ingestor.
 * A message whose failure is transient is returned to the queue by its id; one whose failure is permanent, or that was
 * received too often, is sent to the dead-letter queue with the reason. One failed record never fails the batch.
 *
 * @example
 * export const handler = granuleHandler({
 *   collectionId: 'cop-dem-glo-30',
 *   parseMessage: (message) => (message.type === 's3-object' ? { href: message.href } : undefined),
 *   createItem: async ({ href, source, warn }) => itemOf(href, await source.read(href), warn),
 * });
 */
export function granuleHandler<G extends Granule>(pipeline: GranulePipeline<G>): GranuleHandler<G> {
  return handlerWith(pipeline, deployedCollaborators);
}

function handlerWith<G extends Granule>(
  pipeline: GranulePipeline<G>,
  collaborators: () => GranuleCollaborators,
): GranuleHandler<G> {
  const handle = async (event: SQSEvent, context: InvocationContext): Promise<SQSBatchResponse> => {
    const { queue, retry, onSettled, ...rest } = collaborators();
    const remainingMs = () => context.getRemainingTimeInMillis();
    const { log, meter } = rest;
    await setApart(event.Records, { queue, log, remainingMs, random: retry.random });
    const results = await processBatch(pipeline, event.Records, { ...rest, remainingMs });
    const response = await respond(results, async (result) => {
      const settlement = await settle(result, { queue, retry, log, meter });
      onSettled?.(result, settlement);
      return settlement;
    });
    meter.publish();
    return response;
  };
  return Object.assign(handle, {
    pipeline,
    with: (others: GranuleCollaborators) => handlerWith(pipeline, () => others),
  });
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting */
async function respond(
  results: readonly RecordResult[],
  settleOne: (result: RecordResult) => ReturnType<typeof settle>,
): Promise<SQSBatchResponse> {
  const settled = await Promise.all(results.map(settleOne));
  const retried = results.filter((_, index) => settled[index] === 'retry');
  const ids = new Set(retried.map(({ record }) => record.messageId));
  return { batchItemFailures: [...ids].map((itemIdentifier) => ({ itemIdentifier })) };
}
