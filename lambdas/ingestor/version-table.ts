import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';

export interface VersionClaim {
  readonly itemId: string;
  /** Id of the message. A message that is received again takes over its own claim: its function was killed. */
  readonly by: string;
  /** A text that sorts as the versions do. */
  readonly version: string;
  /** Whether to post the Item although a newer version is in the catalogue. */
  readonly isForced: boolean;
  /** Time after which the post cannot happen any more, in milliseconds since the epoch. */
  readonly until: number;
}

/** The right to post a version of an Item, until it is given back. */
export interface GrantedClaim {
  readonly result: 'claimed';
  /** Notes that the version was posted. Rejects if that is not certain: then the message must be tried again. */
  readonly posted: () => Promise<void>;
  /** Gives the right back without a post, so that another version can be posted. */
  readonly release: () => Promise<void>;
}

export type ClaimResult =
  | GrantedClaim
  /** A newer version, `by`, was posted. */
  | { readonly result: 'superseded'; readonly by: string }
  /** Another message posts a version of the Item now. */
  | { readonly result: 'busy' };

/** Which versions of Items were posted, across all batches and containers. */
export interface PostedVersions {
  readonly claim: (claim: VersionClaim) => Promise<ClaimResult>;
  /** Forgets that a version was posted, because it was not loaded; nothing happens if another one was posted since. */
  readonly forget: (itemId: string, version: string) => Promise<void>;
}

/** Compares two version keys for Array.sort, by their bytes, as DynamoDB does: negative, 0 or positive. */
export function compareVersions(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

type Table = Pick<DynamoDBClient, 'send'>;

/**
 * Keeps one row for each Item: `pk=version#<item id>`, `sk=version`, with the version that was `posted`, and the `claim` of
 * the post that is in progress. Only one post of an Item is in progress at a time, because two posts may reach the
 * catalogue in another order than they were sent. A claim ends by itself when its function cannot be running any more.
 */
export function versionTable(
  tableName: string,
  client: Table,
  now: () => number = Date.now,
): PostedVersions {
  const rowOf = (itemId: string) => rowIn(tableName, itemId);
  return {
    claim: async ({ itemId, by, version, isForced, until }) => {
      const row = rowOf(itemId);
      const claim = randomUUID();
      try {
        await client.send(
          new UpdateItemCommand({
            ...row,
            UpdateExpression: 'SET claim = :claim, claimed_by = :by, claimed_until = :until',
            ConditionExpression: isForced ? IS_FREE : `${IS_FREE} AND ${IS_NOT_OLDER}`,
            ExpressionAttributeValues: {
              ':claim': { S: claim },
              ':by': { S: by },
              ':until': { N: String(until) },
              ':now': { N: String(now()) },
              ...(!isForced && { ':version': { S: version } }),
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const { S: newer = '' } = error.Item?.['posted'] ?? {};
        const isOlder = !isForced && compareVersions(newer, version) > 0;
        return isOlder ? { result: 'superseded', by: newer } : { result: 'busy' };
      }
      const end = (update: string, values: Readonly<Record<string, AttributeValue>> = {}) =>
        client.send(
          new UpdateItemCommand({
            ...row,
            UpdateExpression: update,
            ConditionExpression: 'claim = :claim',
            ExpressionAttributeValues: { ':claim': { S: claim }, ...values },
          }),
        );
      return {
        result: 'claimed',
        posted: async () => {
          const values = { ':version': { S: version } };
          await end('SET posted = :version REMOVE claim, claimed_by, claimed_until', values);
        },
        release: async () => {
          await end('REMOVE claim, claimed_by, claimed_until').catch(ignoreOther);
        },
      };
    },
    forget: async (itemId, version) => {
      const forget = new UpdateItemCommand({
        ...rowOf(itemId),
        UpdateExpression: 'REMOVE posted',
        ConditionExpression: 'posted = :version',
        ExpressionAttributeValues: { ':version': { S: version } },
      });
      await client.send(forget).catch(ignoreOther);
    },
  };
}

/** What is known about the versions of an Item. */
export interface VersionRow {
  /** The version that was posted last; undefined if none was, or if it was not loaded. */
  readonly posted: string | undefined;
  /** The post that is in progress, or was when its function was killed. */
  readonly claim: { readonly messageId: string; readonly until: string } | undefined;
}

/** Reads the row of one Item; undefined if it has none. */
export async function readVersion(
  tableName: string,
  client: Table,
  itemId: string,
): Promise<VersionRow | undefined> {
  const { Item } = await client.send(new GetItemCommand(rowIn(tableName, itemId)));
  if (Item === undefined) return undefined;
  const { posted, claimed_by: by, claimed_until: until } = Item;
  const claim =
    by?.S === undefined
      ? undefined
      : { messageId: by.S, until: new Date(Number(until?.N ?? 0)).toISOString() };
  return { posted: posted?.S, claim };
}

function rowIn(tableName: string, itemId: string) {
  return {
    TableName: tableName,
    Key: { pk: { S: `version#${itemId}` }, sk: { S: 'version' } },
  };
}

const IS_FREE = '(attribute_not_exists(claim) OR claimed_until < :now OR claimed_by = :by)';
const IS_NOT_OLDER = '(attribute_not_exists(posted) OR posted <= :version)';

/** The row belongs to another post by now, so there is nothing to undo. */
function ignoreOther(error: unknown): void {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
}
