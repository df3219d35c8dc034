import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { deployedCollaborators, type GranuleCollaborators } from './granule/collaborators.js';
import { settleBatch, type SettledRecord } from './granule/batch.js';
import type { Granule, GranulePipeline } from './granule/items.js';
import { acknowledges } from './granule/outcome.js';

export type { Granule, GranulePipeline, ItemContext } from './granule/items.js';

type InvocationContext = Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>;

export interface GranuleHandler<G extends Granule = Granule> {
  (event: SQSEvent, context: InvocationContext): Promise<SQSBatchResponse>;
  readonly pipeline: GranulePipeline<G>;
  /** The same handler with other collaborators. */
  with(collaborators: GranuleCollaborators): GranuleHandler<G>;
}

/**
 * The Lambda handler of a pipeline's queue: each message becomes an Item and is posted; what fails is returned by
 * its message id, or is among the dead letters with its reason. Never fails as a function for the sake of a record.
 */
export function granuleHandler<G extends Granule>(pipeline: GranulePipeline<G>): GranuleHandler<G> {
  return handlerWith(pipeline, deployedCollaborators);
}

function handlerWith<G extends Granule>(
  pipeline: GranulePipeline<G>,
  collaborators: () => GranuleCollaborators,
): GranuleHandler<G> {
  const handle = async (event: SQSEvent, context: InvocationContext): Promise<SQSBatchResponse> => {
    const { queue, retry, ...rest } = collaborators();
    const remainingMs = () => context.getRemainingTimeInMillis();
    const settled = await settleBatch(pipeline, event.Records, { ...rest, remainingMs });
    const response = await respond(event, settled, (record) =>
      acknowledges(record, { queue, retry, log: rest.log, meter: rest.meter }),
    );
    rest.meter.publish();
    return response;
  };
  return Object.assign(handle, {
    pipeline,
    with: (others: GranuleCollaborators) => handlerWith(pipeline, () => others),
  });
}

/** Thrown to Powertools' batch processor for a record that goes back to the queue. */
class RecordNotSettled extends Error {
  override readonly name = 'RecordNotSettled';
}

/** Powertools gives the answer its form: the ids of the records that were not acknowledged. */
async function respond(
  event: SQSEvent,
  settled: readonly SettledRecord[],
  acknowledge: (record: SettledRecord) => Promise<boolean>,
): Promise<SQSBatchResponse> {
  const byRecord = new Map(settled.map((entry) => [entry.record, entry]));
  const processor = new BatchProcessor(EventType.SQS);
  const response = await processPartialResponse(
    event,
    async (record: SettledRecord['record']) => {
      const entry = byRecord.get(record);
      if (entry === undefined || !(await acknowledge(entry))) throw new RecordNotSettled();
    },
    processor,
    { throwOnFullBatchFailure: false },
  );
  const ids = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  return { batchItemFailures: [...ids].map((itemIdentifier) => ({ itemIdentifier })) };
}
