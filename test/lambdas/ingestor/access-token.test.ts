import { beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { CachedTokens, type AccessTokenOptions } from '../../../lambdas/ingestor/access-token.js';
import type { ClientSecret } from '../../../lambdas/ingestor/client-secret.js';
import { TokenError } from '../../../lambdas/runtime/errors.js';
import { silentLog } from '../../../lambdas/runtime/log.js';
import type { AccessToken } from '../../../lambdas/ingestor/token-request.js';
import { TokenTable } from '../../../lambdas/ingestor/token-table.js';
import { MemoryLog } from '../../support/backfill/collaborators.js';

const secret: ClientSecret = {
  cognito_domain: 'https://auth.example.com',
  client_id: 'pipeline',
  client_secret: 'se+cret/=:x',
  scope: 'ingestor/write',
};
const HOUR_MS = 3_600_000;

type Row = Record<string, AttributeValue>;

/** A table in memory that responds to the real commands. */
function fakeTable() {
  const rows = new Map<string, Row>();
  const mock = mockClient(DynamoDBClient);
  const keyOf = (key: Row = {}) => `${key['pk']?.S ?? ''} ${key['sk']?.S ?? ''}`;
  mock
    .on(GetItemCommand)
    .callsFake(({ Key }: GetItemCommandInput) => Promise.resolve({ Item: rows.get(keyOf(Key)) }));
  mock.on(PutItemCommand).callsFake(({ Item = {} }: PutItemCommandInput) => {
    rows.set(keyOf(Item), Item);
    return Promise.resolve({});
  });
  mock.on(UpdateItemCommand).callsFake((input: UpdateItemCommandInput) => {
    const { Key = {}, ExpressionAttributeValues: values = {} } = input;
    const row = rows.get(keyOf(Key)) ?? Key;
    const until = values[':until'];
    if (Number(row['claimed_until']?.N ?? 0) > Number(values[':now']?.N)) {
      throw new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
    }
    rows.set(keyOf(Key), { ...row, ...(until && { claimed_until: until }) });
    return Promise.resolve({});
  });
  return { rows, mock, client: new DynamoDBClient({ region: 'eu-central-1' }) };
}

let now = 1_700_000_000_000;
const clock = () => now;
let table: ReturnType<typeof fakeTable>;

beforeEach(() => {
  now = 1_700_000_000_000;
  table = fakeTable();
});

/** A container, and the requests that it sent to the token endpoint. */
function container(options: Partial<AccessTokenOptions> = {}) {
  const requests: string[] = [];
  const tokens = new CachedTokens({
    readSecret: () => Promise.resolve(secret),
    store: new TokenTable('state', table.client, clock),
    log: silentLog,
    now: clock,
    wait: () => sleep(1),
    request: async ({ client_secret: key }) => {
      await sleep(5);
      const value = `token-${requests.length + 1}-of-${key}`;
      requests.push(value);
      return { value, renewAt: now + 0.75 * HOUR_MS, expiresAt: now + HOUR_MS };
    },
    ...options,
  });
  return { tokens, requests };
}

describe('tokens', () => {
  test('[D01] are renewed at three quarters of their lifetime', async () => {
    const { tokens, requests } = container();
    await tokens.get();

    now += 0.74 * HOUR_MS;
    await tokens.get();
    expect(requests).toHaveLength(1);

    now += 0.02 * HOUR_MS;
    await tokens.get();
    expect(requests).toHaveLength(2);

    now += 1.01 * HOUR_MS;
    await tokens.get();
    expect(requests).toHaveLength(3);
  });

  test('[D02] are requested once for ten concurrent records', async () => {
    const { tokens, requests } = container();

    const values = await Promise.all(Array.from({ length: 10 }, () => tokens.get()));

    expect(new Set(values).size).toBe(1);
    expect(requests).toHaveLength(1);
  });

  test('[D04] are requested once for all containers, also if they start at the same time', async () => {
    const containers = Array.from({ length: 5 }, () => container());

    const values = await Promise.all(containers.map(({ tokens }) => tokens.get()));

    expect(new Set(values).size).toBe(1);
    expect(containers.flatMap(({ requests }) => requests)).toHaveLength(1);
  });

  test('that were refused are not used again, neither from memory nor from the table', async () => {
    const { tokens, requests } = container();
    const first = await tokens.get();
    now += 60_000;

    tokens.forget(first);

    expect(await tokens.get()).not.toBe(first);
    expect(requests).toHaveLength(2);
  });

  test('are requested with a rotated secret without a deployment', async () => {
    let stored = secret;
    let cached = secret;
    const { tokens } = container({
      readSecret: ({ fresh }) => {
        if (fresh) cached = stored;
        return Promise.resolve(cached);
      },
      request: ({ client_secret: key }) =>
        key === stored.client_secret
          ? Promise.resolve({ value: `of ${key}`, renewAt: now + 1000, expiresAt: now + 2000 })
          : Promise.reject(new TokenError('invalid_client')),
    });
    await tokens.get();

    stored = { ...secret, client_secret: 'rotated' };
    now += 1500;

    expect(await tokens.get()).toBe('of rotated');
  });

  test('that cannot be renewed are used until they expire', async () => {
    let fails = false;
    const { tokens } = container({
      request: () =>
        fails
          ? Promise.reject(new TokenError('down'))
          : Promise.resolve({ value: 't', renewAt: now + 75, expiresAt: now + 100 }),
    });
    await tokens.get();
    fails = true;

    now += 80;
    expect(await tokens.get()).toBe('t');

    now += 30;
    await expect(tokens.get()).rejects.toThrow('down');
  });

  test('are requested if the table cannot be used', async () => {
    table.mock.on(GetItemCommand).rejects(new Error('AccessDeniedException'));
    const { tokens, requests } = container();

    await expect(tokens.get()).resolves.toMatch(/^token-1/);
    expect(requests).toHaveLength(1);
  });

  test('are returned if the table cannot be written, and the log says why', async () => {
    const log = new MemoryLog();
    table.mock.on(PutItemCommand).rejects(new Error('throttled'));
    await container({ log }).tokens.get();

    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: 'the state table cannot be used for the access token',
        fields: { detail: 'Error: throttled' },
      },
    ]);
  });

  test('are requested if the store rejects with a value that is not an Error', async () => {
    const log = new MemoryLog();
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what the test is about
    const fails = () => Promise.reject('odd');
    const store = { read: fails, claim: fails, write: fails };

    await expect(container({ log, store }).tokens.get()).resolves.toMatch(/^token-1/);

    expect(new Set(log.lines.map(({ fields }) => fields?.['detail']))).toEqual(
      new Set(['unknown error']),
    );
  });

  test('come from memory while they are valid, without reading the secret or the table', async () => {
    const reads: boolean[] = [];
    const readSecret: AccessTokenOptions['readSecret'] = ({ fresh }) => {
      reads.push(fresh);
      return Promise.resolve(secret);
    };
    const { tokens } = container({ readSecret });
    const first = await tokens.get();
    const calls = table.mock.calls().length;

    expect(await tokens.get()).toBe(first);
    expect([reads, table.mock.calls().length]).toEqual([[false], calls]);

    now += 60_000;
    tokens.forget(first);
    await tokens.get();
    expect(reads).toEqual([false, true]);
  });

  test('are renewed exactly from the millisecond at which renewal is due', async () => {
    const { tokens, requests } = container();
    await tokens.get();

    now += 0.75 * HOUR_MS - 1;
    await tokens.get();
    expect(requests).toHaveLength(1);
    now += 1;
    await tokens.get();
    expect(requests).toHaveLength(2);
  });

  test('that the endpoint refuses are requested once if the secret has not changed', async () => {
    const reads: boolean[] = [];
    let requests = 0;
    const { tokens } = container({
      readSecret: ({ fresh }) => {
        reads.push(fresh);
        return Promise.resolve({ ...secret });
      },
      request: () => {
        requests += 1;
        return Promise.reject(new TokenError('invalid_client'));
      },
    });

    await expect(tokens.get()).rejects.toThrow('invalid_client');
    expect([reads, requests]).toEqual([[false, true], 1]);
  });

  test.each(['client_id', 'client_secret'] as const)(
    'that the endpoint refuses are requested again with a new %s',
    async (name) => {
      const rotated = { ...secret, [name]: 'rotated' };
      const { tokens } = container({
        readSecret: ({ fresh }) => Promise.resolve(fresh ? rotated : secret),
        request: (given) =>
          given[name] === 'rotated'
            ? Promise.resolve({ value: 'new', renewAt: now + 1000, expiresAt: now + 2000 })
            : Promise.reject(new TokenError('invalid_client')),
      });

      expect(await tokens.get()).toBe('new');
    },
  );

  test('that another container writes between the read and the claim are used, and the claim is released', async () => {
    const other = container();
    const store = new TokenTable('state', table.client, clock);
    let reads = 0;
    const late = {
      read: async (given: typeof secret) => {
        reads += 1;
        const found = await store.read(given);
        // The other container requests and writes its token after this read.
        if (reads === 1) await other.tokens.get();
        return found;
      },
      claim: (given: typeof secret) => store.claim(given),
      write: (...given: Parameters<TokenTable['write']>) => store.write(...given),
    };
    const { tokens, requests } = container({ store: late });

    expect(await tokens.get()).toBe(await other.tokens.get());
    expect([requests, other.requests.length]).toEqual([[], 1]);
    expect(await store.claim(secret)).toBe(true);
  });

  test('are requested after waiting 60 times for another container', async () => {
    const waits: number[] = [];
    const { tokens, requests } = container({
      wait: (ms) => Promise.resolve(void waits.push(ms)),
      store: {
        read: () => Promise.resolve(undefined),
        claim: () => Promise.resolve(false),
        write: () => Promise.resolve(),
      },
    });

    await tokens.get();

    expect(waits).toEqual(Array.from({ length: 60 }, () => 250));
    expect(requests).toHaveLength(1);
  });

  test('that cannot be renewed are not used if they were refused or have expired', async () => {
    let fails = false;
    const log = new MemoryLog();
    const failing = () =>
      container({
        log,
        request: () =>
          fails
            ? Promise.reject(new TokenError('down'))
            : Promise.resolve({ value: 't', renewAt: now + 75, expiresAt: now + 100 }),
      }).tokens;
    const [refused, expiring] = [failing(), failing()];
    await Promise.all([refused.get(), expiring.get()]);
    fails = true;

    now += 80;
    refused.forget('t');
    await expect(refused.get()).rejects.toThrow('down');
    expect(await expiring.get()).toBe('t');
    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: 'cannot get a new access token: using the old one until it expires',
        fields: { error: 'TokenError: down' },
      },
    ]);
    now += 20;
    await expect(expiring.get()).rejects.toThrow('down');
  });
});

describe('the table', () => {
  const token: AccessToken = {
    value: 'very-secret-token',
    renewAt: 0,
    expiresAt: 1_700_003_600_000,
  };

  test('holds the token encrypted, with its expiry as TTL in seconds', async () => {
    await new TokenTable('state', table.client, clock).write(secret, token);

    const [row] = [...table.rows.values()];
    expect(row?.['ttl']).toEqual({ N: '1700003600' });
    expect(Buffer.from(row?.['token']?.B ?? []).toString('latin1')).not.toContain('very-secret');
    expect(JSON.stringify(row)).not.toContain(secret.client_secret);
  });

  test('returns it for the same secret, not for another, and not after it has expired', async () => {
    const store = new TokenTable('state', table.client, clock);
    await store.write(secret, token);

    expect(await store.read(secret)).toEqual(token);
    expect(await store.read({ ...secret, client_secret: 'rotated' })).toBeUndefined();
    now += HOUR_MS + 1;
    expect(await store.read(secret)).toBeUndefined();
  });

  test('that cannot be written is an error, and not taken for a claim of another container', async () => {
    table.mock.on(UpdateItemCommand).rejects(new Error('throttled'));

    await expect(new TokenTable('state', table.client, clock).claim(secret)).rejects.toThrow(
      'throttled',
    );
  });

  test('lets another container claim at once after a release, but not if the claim is that of another', async () => {
    const [own, other] = [1, 2].map(() => new TokenTable('state', table.client, clock));
    if (own === undefined || other === undefined) throw new Error('no table');

    await own.claim(secret);
    await own.release(secret);
    expect(await other.claim(secret)).toBe(true);
    await own.release(secret);
    expect(await own.claim(secret)).toBe(false);

    now += 16_000;
    await own.claim(secret);
    now += 16_000;
    // The claim of `own` has ended, and `other` has one that ends later.
    await other.claim(secret);
    await own.release(secret);
    expect(await own.claim(secret)).toBe(false);
  });

  test('allows one container at a time to request a token, until its claim has expired', async () => {
    const store = new TokenTable('state', table.client, clock);

    expect([await store.claim(secret), await store.claim(secret)]).toEqual([true, false]);
    now += 16_000;
    expect(await store.claim(secret)).toBe(true);
  });
});
