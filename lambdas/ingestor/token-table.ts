import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
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
  /** Ends the claim of this container after its request failed, so that another one may request a token. */
  release?(secret: ClientSecret): Promise<void>;
}

type Table = Pick<DynamoDBClient, 'send'>;

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** The longest time that the others wait for a container that died while it requested a token. */
const CLAIM_SECONDS = 15;

/** Keeps the token in the pipeline's state table, encrypted with a key that is derived from the client secret. */
export class TokenTable implements TokenStore {
  readonly #tableName: string;
  readonly #table: Table;
  readonly #now: () => number;
  /** End of the last claim of this container, in seconds since the epoch. */
  #claimedUntil: number | undefined;

  constructor(tableName: string, table: Table, now: () => number = Date.now) {
    this.#tableName = tableName;
    this.#table = table;
    this.#now = now;
  }

  async read(secret: ClientSecret): Promise<AccessToken | undefined> {
    const { Item } = await this.#table.send(
      new GetItemCommand({
        TableName: this.#tableName,
        Key: keyOf(secret),
        ConsistentRead: true,
      }),
    );
    const token = Item?.['token']?.B && tryDecrypt(Item['token'].B, secret);
    // DynamoDB's TTL may delete a row days after it has expired.
    return token && token.expiresAt > this.#now() ? token : undefined;
  }

  async write(secret: ClientSecret, token: AccessToken): Promise<void> {
    const Item = {
      ...keyOf(secret),
      token: { B: encrypt(token, secret) },
      ttl: { N: String(Math.ceil(token.expiresAt / 1000)) },
    };
    await this.#table.send(new PutItemCommand({ TableName: this.#tableName, Item }));
  }

  async claim(secret: ClientSecret): Promise<boolean> {
    const seconds = Math.floor(this.#now() / 1000);
    const until = seconds + CLAIM_SECONDS;
    const claimed = await this.#setClaim(secret, { until, last: seconds });
    if (claimed) this.#claimedUntil = until;
    return claimed;
  }

  async release(secret: ClientSecret): Promise<void> {
    const last = this.#claimedUntil;
    this.#claimedUntil = undefined;
    // A claim that ends later belongs to another container.
    if (last !== undefined) await this.#setClaim(secret, { until: 0, last });
  }

  /** Sets the end of the claim, unless a claim ends after `last`. Returns whether it was set. */
  async #setClaim(
    secret: ClientSecret,
    { until, last }: { readonly until: number; readonly last: number },
  ): Promise<boolean> {
    const command = new UpdateItemCommand({
      TableName: this.#tableName,
      Key: keyOf(secret),
      UpdateExpression: 'SET claimed_until = :until',
      ConditionExpression: 'attribute_not_exists(claimed_until) OR claimed_until <= :now',
      ExpressionAttributeValues: {
        ':until': { N: String(until) },
        ':now': { N: String(last) },
      },
    });
    try {
      await this.#table.send(command);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}

function keyOf(secret: ClientSecret): Record<string, AttributeValue> {
  return { pk: { S: 'token' }, sk: { S: fingerprint(secret) } };
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
