import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  paginateQuery,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';

/** An Item that the ingestor took, and the message that it was made of. */
export interface PostedIngestion {
  readonly itemId: string;
  /** Of the message, byte for byte. */
  readonly body: string;
  readonly correlationId: string;
  readonly messageId: string;
  readonly sentTimestamp: string;
  /** How often the message was put back because the Item had not been loaded. */
  readonly tries: number;
}

export interface PendingIngestion extends PostedIngestion {
  /** ISO time of the post; another one is another post of the same Item. */
  readonly postedAt: string;
  /** Its message is on the queue again and the Item not yet posted again: nothing new can be known. */
  readonly isRequeued: boolean;
}

/** Which posts are not yet known to be loaded. */
export interface IngestionLog {
  readonly record: (posted: PostedIngestion) => Promise<void>;
  /** All of them, from the first item id after `after`. */
  readonly pending: (after?: string) => AsyncIterable<PendingIngestion>;
  /** The message is on the queue again. Leaves a post that was recorded since as it is; so does `remove`. */
  readonly markRequeued: (pending: PendingIngestion) => Promise<void>;
  readonly remove: (pending: PendingIngestion) => Promise<void>;
}

/** Message attribute that carries `tries` from the verifying function to the handler. */
export const TRIES_ATTRIBUTE = 'ingestion_tries';
const TTL_SECONDS = 7 * 24 * 3600;
/** DynamoDB's limit of an item is 400 KB with its names; the largest body of a queue made today is 1 MiB. */
const MAX_BODY_BYTES = 380_000;

/** Rows `pk=ingestion`, `sk=<item id>` of the state table. */
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
      const bytes = Buffer.byteLength(posted.body);
      if (bytes > MAX_BODY_BYTES) {
        throw new Error(`the message is ${bytes} bytes, and a row keeps ${MAX_BODY_BYTES} at most`);
      }
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
    postedAt: text('posted_at'),
    isRequeued: row['requeued'] !== undefined,
  };
}

/** The Item was posted again meanwhile: that post is the one to be verified now. */
async function ifUnchanged(change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
