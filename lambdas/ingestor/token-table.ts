import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { ClientSecret } from './client-secret.js';
import type { AccessToken } from './token-request.js';

/** Shares a token among containers, so that one request serves all of them for the lifetime of the token. */
export interface TokenStore {
  /** Undefined if there is no token that this secret can decrypt, or if it has expired. */
  read(secret: ClientSecret): Promise<AccessToken | undefined>;
  write(secret: ClientSecret, token: AccessToken): Promise<void>;
  /** True for the one container that may request a new token now; the others wait for it to write the token. */
  claim(secret: ClientSecret): Promise<boolean>;
}

type Table = Pick<DynamoDBClient, 'send'>;

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** The longest time that the others wait for a container that died while it requested a token. */
const CLAIM_SECONDS = 15;

/** Keeps the token in the pipeline's state table, encrypted with a key that is derived from the client secret. */
export function tokenTable(
  tableName: string,
  table: Table,
  now: () => number = Date.now,
): TokenStore {
  const key = (secret: ClientSecret) => ({ pk: { S: 'token' }, sk: { S: fingerprint(secret) } });
  return {
    read: async (secret) => {
      const { Item } = await table.send(
        new GetItemCommand({ TableName: tableName, Key: key(secret), ConsistentRead: true }),
      );
      const token = Item?.['token']?.B && tryDecrypt(Item['token'].B, secret);
      // DynamoDB's TTL may delete a row days after it has expired.
      return token && token.expiresAt > now() ? token : undefined;
    },
    write: async (secret, token) => {
      await table.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            ...key(secret),
            token: { B: encrypt(token, secret) },
            ttl: { N: String(Math.ceil(token.expiresAt / 1000)) },
          },
        }),
      );
    },
    claim: async (secret) => {
      const seconds = Math.floor(now() / 1000);
      try {
        await table.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: key(secret),
            UpdateExpression: 'SET claimed_until = :until',
            ConditionExpression: 'attribute_not_exists(claimed_until) OR claimed_until <= :now',
            ExpressionAttributeValues: {
              ':until': { N: String(seconds + CLAIM_SECONDS) },
              ':now': { N: String(seconds) },
            },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

/** Identifies the client without its secret. */
function fingerprint({ cognito_domain, client_id, scope }: ClientSecret): string {
  return createHash('sha256')
    .update(JSON.stringify([cognito_domain, client_id, scope]))
    .digest('hex');
}

function encryptionKey(secret: ClientSecret): Buffer {
  const salt = fingerprint(secret);
  return Buffer.from(
    hkdfSync('sha256', secret.client_secret, salt, 'access token in the state table', 32),
  );
}

function encrypt(token: AccessToken, secret: ClientSecret): Uint8Array {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, encryptionKey(secret), iv);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(token), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** Undefined if the token was encrypted under another client secret, because the secret was rotated. */
function tryDecrypt(bytes: Uint8Array, secret: ClientSecret): AccessToken | undefined {
  try {
    const decipher = createDecipheriv(
      ALGORITHM,
      encryptionKey(secret),
      bytes.subarray(0, IV_BYTES),
    );
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const sealed = bytes.subarray(IV_BYTES + TAG_BYTES);
    const text = Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
    return JSON.parse(text) as AccessToken;
  } catch {
    return undefined;
  }
}
