import { beforeEach, expect, test } from '@jest/globals';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { ClientSecret } from '../../../lambdas/ingestor/client-secret.js';
import { TokenTable } from '../../../lambdas/ingestor/token-table.js';

const secret: ClientSecret = {
  cognito_domain: 'https://auth.example.com',
  client_id: 'pipeline',
  client_secret: 'se+cret/=:x',
  scope: 'ingestor/write',
};
/** SHA-256 of the JSON list of domain, id and scope. */
const FINGERPRINT = '93b7065de28befb55b41a7228bbea183cd3ab2932d1155a98373df87b56d7e3d';
const token = { value: 'tökén', renewAt: 1_700_000_900_000, expiresAt: 1_700_003_600_000 };
/**
 * `token` as a container of another deployment may have written it: 12 bytes of IV, 16 of tag, then AES-256-GCM under a key
 * that HKDF (RFC 5869) derives with the fingerprint as salt. Made by hand from HMACs, not by the code under test.
 */
const SEALED = Buffer.from(
  'AAECAwQFBgcICQoLPnq+rt03PPiUKr5b/XoB6fh7gmd4YhDm4KhPQG5mVUmF+wfZV8HFY4eIRQ+6T218+56ZqKBakzwXFhVi87MDxZGBBXFCUlejBSOz9dFf2Mn6SwqQdg==',
  'base64',
);
const key = { pk: { S: 'token' }, sk: { S: FINGERPRINT } };
const dynamoDb = mockClient(DynamoDBClient);

let now = 1_700_000_000_999;
const store = new TokenTable('state', new DynamoDBClient({ region: 'eu-central-1' }), () => now);

beforeEach(() => {
  now = 1_700_000_000_999;
  dynamoDb.reset();
});

test('a token that was encrypted earlier is decrypted, until the millisecond at which it expires', async () => {
  dynamoDb.on(GetItemCommand).resolves({ Item: { ...key, token: { B: SEALED } } });

  now = token.expiresAt - 1;
  expect(await store.read(secret)).toEqual(token);
  now = token.expiresAt;
  expect(await store.read(secret)).toBeUndefined();
});

test('a token is read consistently, from the row of its client', async () => {
  dynamoDb.on(GetItemCommand).resolves({});

  expect(await store.read(secret)).toBeUndefined();

  expect(dynamoDb.calls().map(({ args }) => args[0].input)).toEqual([
    { TableName: 'state', Key: key, ConsistentRead: true },
  ]);
});

test('a token is written to the row of its client, encrypted with a new IV each time', async () => {
  dynamoDb.on(PutItemCommand).resolves({});

  await store.write(secret, token);
  await store.write(secret, token);

  const items = dynamoDb.commandCalls(PutItemCommand).map(({ args }) => args[0].input.Item);
  expect(items[0]).toEqual({
    ...key,
    ttl: { N: '1700003600' },
    token: { B: expect.any(Uint8Array) as unknown },
  });
  expect(items[0]?.['token']).not.toEqual(items[1]?.['token']);
});

test('a claim lasts 15 seconds, and fails while another one lasts', async () => {
  dynamoDb.on(UpdateItemCommand).resolves({});

  expect(await store.claim(secret)).toBe(true);

  expect(dynamoDb.calls().map(({ args }) => args[0].input)).toEqual([
    {
      TableName: 'state',
      Key: key,
      UpdateExpression: 'SET claimed_until = :until',
      ConditionExpression: 'attribute_not_exists(claimed_until) OR claimed_until <= :now',
      ExpressionAttributeValues: { ':until': { N: '1700000015' }, ':now': { N: '1700000000' } },
    },
  ]);
});

test('a token whose bytes were changed is not returned', async () => {
  const changed = Buffer.from(SEALED);
  changed.writeUInt8(changed.readUInt8(40) ^ 1, 40);
  dynamoDb.on(GetItemCommand).resolves({ Item: { ...key, token: { B: changed } } });

  expect(await store.read(secret)).toBeUndefined();
});
