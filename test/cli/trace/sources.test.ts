import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import type { DeadLetter } from '../../../cli/redrive/dead-letter.js';
import { catalogueItems } from '../../../cli/trace/catalogue.js';
import { deadLetters } from '../../../cli/trace/dead-letters.js';
import { ingestions } from '../../../cli/trace/ingestion.js';
import { inventoryObjects } from '../../../cli/trace/inventory.js';
import type { Source } from '../../../cli/trace/source.js';
import { pendingPosts, postedVersions } from '../../../cli/trace/state-table.js';
import { subjectFor, type TraceSubject } from '../../../cli/trace/subject.js';
import type { QueryState } from '../../../lambdas/inventory/engine.js';
import { serve, type LocalServer } from '../../../local/http/server.js';

const NOTHING = { texts: [], itemIds: [] };
const TILE = subjectFor('tile_1', NOTHING);

function ask(source: Source, subject: TraceSubject = TILE, deadline = Date.now() + 60_000) {
  return source.ask({ subject, wanted: source.wants(subject), deadline });
}

describe('the dead letters', () => {
  const LETTER: DeadLetter = {
    id: 'd',
    queue: 'q',
    body: '{"name":"x"}',
    reason: 'access denied',
    error: 'ReadError',
    kind: 'permanent',
    failedAt: '2024-05-01T12:00:00.000Z',
    sentAt: undefined,
    itemId: undefined,
    correlationId: undefined,
    receiveCount: 3,
    backfill: undefined,
    refusedRow: undefined,
    malformed: undefined,
  };
  const listed = (...letters: Partial<DeadLetter>[]) =>
    deadLetters('dead letters', () =>
      Promise.resolve({
        deadLetters: letters.map((one) => ({ ...LETTER, ...one })),
        note: undefined,
      }),
    );

  test.each<[string, Partial<DeadLetter>]>([
    ['its body', { body: '{"path":"a/tile_1.tif"}' }],
    ['its Item', { itemId: 'tile_1' }],
    ['its id', { id: 'tile_1' }],
    ['its notification', { correlationId: 'tile_1' }],
    ['its row', { refusedRow: 'a/tile_1.tif' }],
  ])('are matched by %s', async (_, letter) => {
    const { events } = await ask(listed({ itemId: 'other' }, letter, { body: 'tile_10' }));

    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      kind: 'dead-letter',
      at: LETTER.failedAt,
      reason: 'ReadError: access denied',
    });
  });

  test('are read once, and matched again with ids that are found later', async () => {
    let reads = 0;
    const source = deadLetters('dead letters', () => {
      reads += 1;
      return Promise.resolve({
        deadLetters: [{ ...LETTER, correlationId: 'c-1' }],
        note: undefined,
      });
    });

    expect((await ask(source)).events).toEqual([]);
    expect((await ask(source, { ...TILE, messageIds: ['c-1'] })).events).toHaveLength(1);
    expect(reads).toBe(1);
  });

  test('without a reason say that the function was killed', async () => {
    const { events } = await ask(listed({ itemId: 'tile_1', reason: undefined, error: undefined }));

    expect(events[0]?.reason).toBe('no recorded reason (killed or timed out)');
  });

  test('that could not all be read in the time say so', async () => {
    const source = deadLetters('dead letters', (isStopped) => {
      isStopped();
      return Promise.resolve({ deadLetters: [LETTER], note: undefined });
    });

    expect((await ask(source, TILE, 0)).note).toContain('only 1 dead letters were read');
  });
});

describe('the state table', () => {
  const table = mockClient(DynamoDBClient);
  const rows = {
    table: 'demo-state',
    region: 'eu-central-1',
    client: new DynamoDBClient({ region: 'eu-central-1' }),
  };
  const ROW = {
    pk: { S: 'ingestion#3' },
    sk: { S: 'tile_1' },
    body: { S: '{"path":"a/tile_1.tif"}' },
    message_id: { S: 'm' },
    correlation_id: { S: 'c' },
    posted_at: { S: '2024-05-01T12:00:00.000Z' },
    tries: { N: '1' },
  };

  beforeEach(() => {
    table.reset();
    table.on(GetItemCommand).resolves({});
    table.on(QueryCommand).resolves({});
  });

  test('has a pending post by the id of its Item, without reading the others', async () => {
    table
      .on(GetItemCommand, { Key: { pk: { S: 'ingestion#7' }, sk: { S: 'tile_1' } } })
      .resolves({});
    table.on(GetItemCommand).resolves({ Item: ROW });

    expect((await ask(pendingPosts(rows))).events).toEqual([
      {
        source: 'pending posts',
        kind: 'pending',
        at: '2024-05-01T12:00:00.000Z',
        what: 'the ingestor accepted the Item, and the verification has not seen it loaded yet, after it was sent again 1 times',
        itemIds: ['tile_1'],
        messageId: 'm',
        correlationId: 'c',
        about: '{"path":"a/tile_1.tif"}',
      },
    ]);
    expect(table.commandCalls(QueryCommand)).toHaveLength(0);
  });

  test('is looked through for the message of a key, once', async () => {
    const pages = [{ Items: [{ ...ROW, sk: { S: 'T1' }, requeued: { S: 'x' } }] }];
    table.on(QueryCommand).callsFake(() => pages.shift() ?? {});
    const source = pendingPosts(rows);

    expect((await ask(source, subjectFor('a/tile_1.tif', NOTHING))).events).toMatchObject([
      { kind: 'requeued', itemIds: ['T1'] },
    ]);
    const reads = table.commandCalls(QueryCommand).length;
    await ask(source, { ...TILE, itemIds: ['T1'] });
    expect(table.commandCalls(QueryCommand)).toHaveLength(reads);
  });

  test('that is too large to be looked through in the time says so', async () => {
    table.on(QueryCommand).resolves({ Items: [{ ...ROW, sk: { S: 'other' }, body: { S: '{}' } }] });

    expect((await ask(pendingPosts(rows), TILE, 0)).note).toContain('not all pending posts');
  });

  test('has the version that was posted, and a claim', async () => {
    table
      .on(GetItemCommand)
      .resolvesOnce({ Item: { posted: { S: '2022-04-20T01:02:03' } } })
      .resolvesOnce({ Item: { claimed_by: { S: 'm-9' }, claimed_until: { N: '1714564800000' } } })
      .resolves({});
    const source = postedVersions(rows);

    expect((await ask(source)).events[0]?.what).toBe(
      'the version that was posted last is 2022-04-20T01:02:03',
    );
    expect((await ask(source)).events[0]).toMatchObject({
      messageId: 'm-9',
      what: expect.stringContaining('2024-05-01T12:00:00.000Z') as unknown,
    });
    expect((await ask(source)).events).toEqual([]);
  });

  test('that does not exist or is denied is an error with its name', async () => {
    table
      .on(GetItemCommand)
      .rejects(Object.assign(new Error('no'), { name: 'ResourceNotFoundException' }));

    await expect(ask(pendingPosts(rows))).rejects.toThrow(
      'table demo-state does not exist in eu-central-1',
    );
    await expect(ask(postedVersions(rows))).rejects.toThrow('table demo-state does not exist');
  });
});

describe('the ingestor', () => {
  const reader = (answer: object | 'missing' | 'of-another-user') =>
    ingestions({
      reader: { getIngestion: () => Promise.resolve(answer as 'missing') },
      collection: 'tiles',
    });
  const INGESTION = {
    id: 'tile_1',
    message: undefined,
    collection: 'tiles',
    updatedAt: '2024-05-01T12:00:00.5',
  };

  test.each([
    ['succeeded', 'loaded'],
    ['failed', 'failed'],
    ['queued', 'waiting'],
  ])('says that an ingestion is %s', async (status, kind) => {
    const { events } = await ask(reader({ ...INGESTION, status, message: 'said no' }));

    expect(events).toMatchObject([
      { kind, at: '2024-05-01T12:00:00.500Z', what: `the status of the ingestion is ${status}` },
    ]);
    expect(events[0]?.reason).toBe(status === 'failed' ? 'said no' : undefined);
  });

  test('has none', async () => {
    expect(await ask(reader('missing'))).toEqual({ events: [], note: undefined });
  });

  test('does not show that of another client or Collection', async () => {
    expect((await ask(reader('of-another-user'))).note).toBe('another client posted tile_1');
    const other = await ask(reader({ ...INGESTION, status: 'failed', collection: 'others' }));
    expect(other).toEqual({
      events: [],
      note: 'its ingestion of tile_1 is of the Collection others',
    });
  });
});

describe('the catalogue', () => {
  let api: LocalServer;
  let answer: { status: number; body: string };
  const paths: string[] = [];

  beforeEach(async () => {
    paths.length = 0;
    api = await serve(({ path }) => {
      paths.push(path);
      return path.endsWith('/tile_1') ? answer : { status: 404, body: '{}' };
    });
  });
  afterEach(() => api.close());

  const item = (more: object = {}) => ({
    status: 200,
    body: JSON.stringify({
      id: 'tile_1',
      properties: { datetime: null, created: '2024-05-01T12:00:00Z' },
      ...more,
    }),
  });
  const source = () => catalogueItems({ stacApiUrl: `${api.url}/`, collection: 'my tiles' });

  test('has the Item', async () => {
    answer = item();

    expect((await ask(source())).events).toMatchObject([
      { kind: 'item', at: '2024-05-01T12:00:00.000Z', itemIds: ['tile_1'] },
    ]);
    expect(paths).toEqual(['/collections/my%20tiles/items/tile_1']);
  });

  test('has an Item that the name of an object suggests, if it refers to the object', async () => {
    const subject = subjectFor('s3://b/a/tile_1.tif', NOTHING);
    answer = item();
    expect((await ask(source(), subject)).events).toEqual([]);

    answer = item({ assets: { data: { href: 's3://b/a/tile_1.tif' } } });
    expect((await ask(source(), subject)).events).toMatchObject([{ itemIds: ['tile_1'] }]);
  });

  test('is asked again for what was only a guess, once another source knows that it is the id', () => {
    const subject = subjectFor('s3://b/a/tile_1.tif', NOTHING);
    const { wants } = source();
    const asked = new Set(wants(subject));

    expect(wants({ ...subject, itemIds: ['tile_1'] }).filter((word) => !asked.has(word))).toEqual([
      'tile_1',
    ]);
  });

  test('has it not', async () => {
    answer = { status: 404, body: '{}' };

    expect((await ask(source())).events).toEqual([]);
  });

  test.each([
    [{ status: 503, body: '' }, 'returned HTTP status 503'],
    [{ status: 200, body: '<html>' }, 'returned a response that is not the Item'],
  ])('that answers %o is an error', async (given, message) => {
    answer = given;

    await expect(ask(source())).rejects.toThrow(message);
  });

  test('that cannot be reached is an error', async () => {
    const gone = catalogueItems({ stacApiUrl: 'http://127.0.0.1:9', collection: 'tiles' });

    await expect(ask(gone)).rejects.toThrow(
      'GET http://127.0.0.1:9/collections/tiles/items/tile_1 failed',
    );
  });
});

describe('the inventory', () => {
  const inventory = {
    location: 's3://b/list.txt',
    format: 'listing-text',
    columns: ['key'],
  } as const;
  const started: string[] = [];
  let states: QueryState[];
  let csv: string;
  let stopped = 0;
  const search = () =>
    inventoryObjects({
      inventory,
      engine: {
        dialect: 'athena',
        relation: () => Promise.resolve({ from: 'objects' }),
        start: (sql) => {
          started.push(sql);
          return Promise.resolve('q');
        },
        state: () =>
          Promise.resolve((states.length > 1 ? states.shift() : states[0]) ?? { state: 'running' }),
        stop: () => {
          stopped += 1;
          return Promise.resolve();
        },
      },
      objects: {
        read: (href) =>
          Promise.resolve({
            bytes: Buffer.from(href.endsWith('.csv') ? csv : 'x'),
            size: 1,
            eTag: '',
            lastModified: new Date('2024-05-01T00:00:00Z'),
          }),
        folders: () => Promise.resolve([]),
      },
      clock: { now: () => 5, sleep: () => Promise.resolve() },
    });

  beforeEach(() => {
    states = [{ state: 'running' }, { state: 'succeeded', resultHref: 's3://r/q.csv' }];
    csv = '"key"\n"a/tile_1.tif"\n"a/tile_10.tif"\n';
    started.length = 0;
    stopped = 0;
  });

  test('has the keys with the text as a whole word', async () => {
    expect((await ask(search())).events).toMatchObject([
      { kind: 'object', about: 'a/tile_1.tif', what: 'the object is in the listing of 2024-05-01' },
    ]);
    expect(started[0]).toContain("strpos(key, 'tile_1') > 0 LIMIT 50");
  });

  test('is asked for the key of an href, with quotes as SQL needs them', async () => {
    await ask(search(), subjectFor("s3://b/o'hara/1.tif", NOTHING));

    expect(started[0]).toContain("strpos(key, 'o''hara/1.tif') > 0");
  });

  test('has columns only if the report has them', async () => {
    csv = '"key","size","last_modified_date"\n"a/tile_1.tif","12","2024-04-30 10:00:00.000"\n';

    expect((await ask(search())).events).toMatchObject([{ at: '2024-04-30T10:00:00.000Z' }]);
    expect(started[0]).toContain('SELECT key FROM inventory WHERE');
  });

  test('whose query fails or does not end is unknown', async () => {
    states = [{ state: 'failed', reason: 'access denied', transient: false }];
    await expect(ask(search())).rejects.toThrow('the query of the inventory failed: access denied');

    states = [{ state: 'running' }];
    expect((await ask(search(), TILE, 4)).note).toContain('had not ended in the time');
    expect(stopped).toBe(1);
  });
});
