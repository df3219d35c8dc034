import type { SQSRecord } from 'aws-lambda';
import { backfillOf } from '../queue/attributes.js';
import { failureOf } from '../runtime/errors.js';
import type { Log } from '../runtime/log.js';
import type { Meter } from '../runtime/metrics.js';
import type { Item } from '../stac/stac.js';

/** An Item that the ingestor accepted, and the message that it was made from. */
export interface PostedIngestion {
  readonly itemId: string;
  /** Body of the message, unchanged. */
  readonly body: string;
  readonly correlationId: string;
  readonly messageId: string;
  readonly sentTimestamp: string;
  /** Number of times that the message was sent again because the Item was not loaded. */
  readonly tries: number;
  /** The pipeline whose backfill sent the message; undefined if no backfill did. */
  readonly backfill?: string | undefined;
  /** The version of the Item, as its row of posted versions has it; undefined if the pipeline declares none. */
  readonly version?: string | undefined;
}

export interface PendingIngestion extends PostedIngestion {
  /** The user of the ingestor that posted the Item, as in the token; undefined if it is not known. */
  readonly postedBy?: string | undefined;
  /** ISO 8601 time of the post. A row with another time belongs to a later post of the same Item. */
  readonly postedAt: string;
  /** Value of the partition key of the row. */
  readonly partition: string;
  /** True after the message was sent back to the queue, until the Item is posted again. */
  readonly isRequeued: boolean;
}

/** The posts whose Items the ingestor may not have loaded yet. */
export interface IngestionLog {
  readonly record: (posted: PostedIngestion) => Promise<void>;
  /** Reads all rows in a fixed order, from the first one after the position `after` (see positionOf). */
  readonly pending: (after?: string) => AsyncIterable<PendingIngestion>;
  /** Marks a post whose message is back on the queue. Like `remove`, it does nothing if a later post was recorded. */
  readonly markRequeued: (pending: PendingIngestion) => Promise<void>;
  readonly remove: (pending: PendingIngestion) => Promise<void>;
}

/** Message attribute that passes `tries` from the verify function to the handler. */
export const TRIES_ATTRIBUTE = 'ingestion_tries';
export type RecordIngestion = IngestionLog['record'];

/** Where a row is in the order of IngestionLog.pending, which is that of these texts. */
export function positionOf({ partition, itemId }: PendingIngestion): string {
  return `${partition} ${itemId}`;
}

interface PostedItem {
  readonly item: Item;
  readonly version?: string | undefined;
  /** The message that the Item was made from. */
  readonly record: SQSRecord;
  readonly correlationId: string;
}

interface RecordContext {
  /** Undefined if posts are not verified. */
  readonly recordIngestion?: RecordIngestion | undefined;
  readonly log: Log;
  readonly meter: Pick<Meter, 'count'>;
}

/**
 * Records a posted Item, so that it is verified later. Logs and counts errors and never rejects, because the Item is
 * posted.
 */
export async function recordIngestion(
  { item, version, record, correlationId }: PostedItem,
  context: RecordContext,
): Promise<void> {
  const { body, messageId, attributes, messageAttributes } = record;
  try {
    await context.recordIngestion?.({
      itemId: item.id,
      body,
      correlationId,
      messageId,
      sentTimestamp: attributes.SentTimestamp,
      tries: Number(messageAttributes[TRIES_ATTRIBUTE]?.stringValue) || 0,
      backfill: backfillOf(record),
      version,
    });
  } catch (error) {
    context.meter.count('IngestionsUnverified');
    context.log.warn('cannot record a posted Item, so it will not be verified', {
      itemId: item.id,
      error: failureOf(error).message,
    });
  }
}
