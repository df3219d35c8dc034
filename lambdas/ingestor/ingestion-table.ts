import { createHash } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  paginateQuery,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { IngestionLog, PendingIngestion, PostedIngestion } from './pending.js';

/**
 * DynamoDB writes at most 1,000 units a second to one partition, and a post costs four or so: its row with the body of
 * the message is written and deleted.
 */
const SHARDS = 8;
/** The partition of rows that earlier versions wrote. */
const OLD_PARTITION = 'ingestion';
const PARTITIONS = [
  OLD_PARTITION,
  ...Array.from({ length: SHARDS }, (_, shard) => `${OLD_PARTITION}#${shard}`),
];
/**
 * Long after an Item that is not loaded has become a dead letter. It removes the rows of Items that were not posted again,
 * and those of a pipeline that no longer verifies.
 */
const TTL_SECONDS = 30 * 24 * 3600;
/** A DynamoDB item has at most 400 KB with its attribute names. An SQS message may have 1 MiB. */
const MAX_BODY_BYTES = 380_000;

export interface IngestionTableOptions {
  readonly now?: () => number;
  /** Returns the user of the ingestor that posts now; undefined if it is not known. */
  readonly user?: (() => string | undefined) | undefined;
}

/** Keeps the log in the rows `pk=ingestion#<shard>`, `sk=<item id>` of the state table. */
export function ingestionTable(
  tableName: string,
  client: DynamoDBClient,
  { now = Date.now, user }: IngestionTableOptions = {},
): IngestionLog {
  const change = (pending: PendingIngestion) => ({
    TableName: tableName,
    Key: keyOf(pending),
    ConditionExpression: 'posted_at = :read',
    ExpressionAttributeValues: { ':read': { S: pending.postedAt } },
  });
  return {
    record: async (posted) => {
      checkSize(posted.body);
      const Item = rowOf(posted, { now: now(), user: user?.() });
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
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

/** Reads the row of one Item; undefined if it has none, because it was not posted or is settled. */
export async function findPending(
  tableName: string,
  client: Pick<DynamoDBClient, 'send'>,
  itemId: string,
): Promise<PendingIngestion | undefined> {
  for (const partition of [partitionOf(itemId), OLD_PARTITION]) {
    const Key = keyOf({ partition, itemId });
    const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key }));
    if (Item !== undefined) return pendingOf(Item);
  }
  return undefined;
}

function checkSize(body: string): void {
  const bytes = Buffer.byteLength(body);
  if (bytes <= MAX_BODY_BYTES) return;
  throw new Error(
    `the message has ${bytes} bytes; a row of the state table holds at most ${MAX_BODY_BYTES}`,
  );
}

function keyOf({
  partition,
  itemId,
}: Pick<PendingIngestion, 'partition' | 'itemId'>): Record<string, AttributeValue> {
  return { pk: { S: partition }, sk: { S: itemId } };
}

function partitionOf(itemId: string): string {
  const shard = createHash('sha256').update(itemId).digest().readUInt8(0) % SHARDS;
  return `${OLD_PARTITION}#${shard}`;
}

function rowOf(
  posted: PostedIngestion,
  { now, user }: { readonly now: number; readonly user: string | undefined },
): Record<string, AttributeValue> {
  return {
    ...keyOf({ partition: partitionOf(posted.itemId), itemId: posted.itemId }),
    body: { S: posted.body },
    correlation_id: { S: posted.correlationId },
    message_id: { S: posted.messageId },
    sent_timestamp: { S: posted.sentTimestamp },
    tries: { N: String(posted.tries) },
    ...(posted.backfill !== undefined && { backfill: { S: posted.backfill } }),
    ...(posted.version !== undefined && { version: { S: posted.version } }),
    posted_at: { S: new Date(now).toISOString() },
    ...(user !== undefined && { posted_by: { S: user } }),
    ttl: { N: String(Math.floor(now / 1000) + TTL_SECONDS) },
  };
}

async function* readPending(
  tableName: string,
  client: DynamoDBClient,
  after: string | undefined,
): AsyncGenerator<PendingIngestion> {
  const [, first = '', id] = /^(\S+) (.*)$/s.exec(after ?? '') ?? [];
  // A position that an earlier version stored has no partition.
  const start = Math.max(0, PARTITIONS.indexOf(first));
  for (const [index, partition] of PARTITIONS.slice(start).entries()) {
    const isFirst = index === 0 && partition === first;
    yield* readPartition({ tableName, client }, partition, isFirst ? id : undefined);
  }
}

async function* readPartition(
  { tableName, client }: { readonly tableName: string; readonly client: DynamoDBClient },
  partition: string,
  after: string | undefined,
): AsyncGenerator<PendingIngestion> {
  const values = { ':pk': { S: partition } };
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
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
    version: row['version']?.S,
    postedAt: text('posted_at'),
    postedBy: row['posted_by']?.S,
    partition: text('pk'),
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
