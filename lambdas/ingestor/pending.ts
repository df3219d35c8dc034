import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  paginateQuery,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { backfillOf } from '../queue/attributes.js';
import { failureOf } from '../runtime/errors.js';
import type { Log } from '../runtime/log.js';
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
}

export interface PendingIngestion extends PostedIngestion {
  /** ISO 8601 time of the post. A row with another time belongs to a later post of the same Item. */
  readonly postedAt: string;
  /** True after the message was sent back to the queue, until the Item is posted again. */
  readonly isRequeued: boolean;
}

/** The posts whose Items the ingestor may not have loaded yet. */
export interface IngestionLog {
  readonly record: (posted: PostedIngestion) => Promise<void>;
  /** Reads all rows in the order of their item ids, from the first id after `after`. */
  readonly pending: (after?: string) => AsyncIterable<PendingIngestion>;
  /** Marks a post whose message is back on the queue. Like `remove`, it does nothing if a later post was recorded. */
  readonly markRequeued: (pending: PendingIngestion) => Promise<void>;
  readonly remove: (pending: PendingIngestion) => Promise<void>;
}

/** Message attribute that passes `tries` from the verify function to the handler. */
export const TRIES_ATTRIBUTE = 'ingestion_tries';
const TTL_SECONDS = 7 * 24 * 3600;
/** A DynamoDB item has at most 400 KB with its attribute names. An SQS message may have 1 MiB. */
const MAX_BODY_BYTES = 380_000;

export type RecordIngestion = IngestionLog['record'];

interface PostedItem {
  readonly item: Item;
  /** The message that the Item was made from. */
  readonly record: SQSRecord;
  readonly correlationId: string;
}

interface RecordContext {
  /** Undefined if posts are not verified. */
  readonly recordIngestion?: RecordIngestion | undefined;
  readonly log: Log;
}

/** Records a posted Item, so that it is verified later. Logs errors and never rejects, because the Item is posted. */
export async function recordIngestion(
  { item, record, correlationId }: PostedItem,
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
    });
  } catch (error) {
    context.log.warn('cannot record a posted Item, so it will not be verified', {
      itemId: item.id,
      error: failureOf(error).message,
    });
  }
}

/** Keeps the log in the rows `pk=ingestion`, `sk=<item id>` of the state table. */
export function ingestionTable(
  tableName: string,
  client: DynamoDBClient,
  now: () => number = Date.now,
): IngestionLog {
  const change = (pending: PendingIngestion) => ({
    TableName: tableName,
    Key: keyOf(pending.itemId),
    ConditionExpression: 'posted_at = :read',
    ExpressionAttributeValues: { ':read': { S: pending.postedAt } },
  });
  return {
    record: async (posted) => {
      checkSize(posted.body);
      await client.send(new PutItemCommand({ TableName: tableName, Item: rowOf(posted, now()) }));
    },
    pending: (after) => readPending(tableName, client, after),
    markRequeued: (pending) =>
      ifUnchanged(() =>
        client.send(
          new UpdateItemCommand({ ...change(pending), UpdateExpression: 'SET requeued = :read' }),
        ),
      ),
    remove: (pending) => ifUnchanged(() => client.send(new DeleteItemCommand(change(pending)))),
  };
}

function checkSize(body: string): void {
  const bytes = Buffer.byteLength(body);
  if (bytes <= MAX_BODY_BYTES) return;
  throw new Error(
    `the message has ${bytes} bytes; a row of the state table holds at most ${MAX_BODY_BYTES}`,
  );
}

function keyOf(itemId: string): Record<string, AttributeValue> {
  return { pk: { S: 'ingestion' }, sk: { S: itemId } };
}

function rowOf(posted: PostedIngestion, now: number): Record<string, AttributeValue> {
  return {
    ...keyOf(posted.itemId),
    body: { S: posted.body },
    correlation_id: { S: posted.correlationId },
    message_id: { S: posted.messageId },
    sent_timestamp: { S: posted.sentTimestamp },
    tries: { N: String(posted.tries) },
    ...(posted.backfill !== undefined && { backfill: { S: posted.backfill } }),
    posted_at: { S: new Date(now).toISOString() },
    ttl: { N: String(Math.floor(now / 1000) + TTL_SECONDS) },
  };
}

async function* readPending(
  TableName: string,
  client: DynamoDBClient,
  after: string | undefined,
): AsyncGenerator<PendingIngestion> {
  const values = { ':pk': { S: 'ingestion' } };
  const pages = paginateQuery(
    { client },
    {
      TableName,
      KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :after',
      ExpressionAttributeValues:
        after === undefined ? values : { ...values, ':after': { S: after } },
    },
  );
  for await (const { Items = [] } of pages) yield* Items.map(pendingOf);
}

function pendingOf(row: Record<string, AttributeValue>): PendingIngestion {
  const text = (name: string): string => row[name]?.S ?? '';
  return {
    itemId: text('sk'),
    body: text('body'),
    correlationId: text('correlation_id'),
    messageId: text('message_id'),
    sentTimestamp: text('sent_timestamp'),
    tries: Number(row['tries']?.N ?? 0),
    backfill: row['backfill']?.S,
    postedAt: text('posted_at'),
    isRequeued: row['requeued'] !== undefined,
  };
}

/** Ignores a failed condition: the Item was posted again in the meantime, and that post is verified instead. */
async function ifUnchanged(change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
