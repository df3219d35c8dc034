import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { MissingItem } from '../../../cli/reconcile/lists.js';
import { reconcile, type RunOptions } from '../../../cli/reconcile/run.js';
import type { HistoricPipeline } from '../../../lambdas/backfill/historic-pipeline.js';
import type { MessageQueue, QueueMessage } from '../../../lambdas/queue/queue.js';
import { unlimitedQueue } from '../../../local/input/unlimited-queue.js';
import { writeInventory } from '../../support/backfill/inventory-folder.js';
import { jsonLines } from '../../support/json-lines.js';
import {
  testReconciliation,
  WAVES,
  type TestReconciliation,
} from '../../support/reconcile/reconciliation.js';
import {
  startStacApi,
  type StacApiItem,
  type StacApiOptions,
} from '../../support/reconcile/stac-api.js';

let folder: string;
const started: { close(): Promise<void> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reconcile-'));
});

afterEach(async () => {
  for (const one of started.splice(0)) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

const item = (id: string, datetime = '2024-05-01T12:00:00Z'): StacApiItem => ({
  id,
  properties: { datetime },
});

async function apiOf(items: readonly StacApiItem[], options: Partial<StacApiOptions> = {}) {
  const server = await startStacApi({
    collection: 'waves',
    items: () => items,
    maxLimit: 3,
    ...options,
  });
  started.push(server);
  return server.url;
}

interface Given extends Partial<TestReconciliation> {
  readonly items?: readonly StacApiItem[];
  readonly options?: RunOptions;
  readonly queue?: MessageQueue;
  readonly answer?: boolean;
}

interface Report {
  readonly expected: number;
  readonly missing: number;
  readonly surplus: number | null;
  readonly sent?: number;
  readonly notes: readonly string[];
  readonly files: Readonly<Record<'missing' | 'surplus' | 'messages', string>>;
}

async function compared({ items = [], options = {}, queue, answer = false, ...given }: Given) {
  const api = given.api ?? (await apiOf(items));
  const { run, engine } = await testReconciliation({ folder, ...given, api });
  started.push(engine);
  const said: string[] = [];
  const result = await reconcile(run, {
    options: { json: true, ...options },
    queue: () =>
      Promise.resolve(
        queue ?? unlimitedQueue(() => Promise.reject(new Error('nothing is to be sent'))),
      ),
    ask: (question) => {
      said.push(question);
      return Promise.resolve(answer);
    },
    say: (line) => said.push(line),
  });
  await engine.close();
  const { output = '' } = result;
  return {
    ...result,
    said,
    report: (output.startsWith('{') ? JSON.parse(output) : undefined) as Report | undefined,
  };
}

const keysOf = (...ids: readonly string[]): string[] => ids.map((id) => `2024-05-01/${id}.json`);

describe('a comparison', () => {
  test('names the granules without an Item and the Items without a granule', async () => {
    const items = ['a', 'b', 'c', 'd', 'gone'].map((id) => item(id));

    const { report, exitCode } = await compared({
      keys: keysOf('a', 'b', 'c', 'd', 'hole', 'lost'),
      items,
    });

    expect(report).toMatchObject({
      pipeline: 'waves',
      collection: 'waves',
      expected: 6,
      present: 4,
      missing: 2,
      surplus: 1,
      superseded: 0,
      items: 5,
      samples: { missing: ['hole', 'lost'], surplus: ['gone'] },
    });
    expect(exitCode).toBe(1);
    expect(jsonLines(readFileSync(report?.files.missing ?? '', 'utf8'))).toEqual([
      { id: 'hole', keys: keysOf('hole'), messages: ['{"key":"2024-05-01/hole.json"}'] },
      { id: 'lost', keys: keysOf('lost'), messages: ['{"key":"2024-05-01/lost.json"}'] },
    ]);
    expect(jsonLines(readFileSync(report?.files.surplus ?? '', 'utf8'))).toEqual([{ id: 'gone' }]);
    expect(readFileSync(report?.files.messages ?? '', 'utf8')).toBe(
      '{"key":"2024-05-01/hole.json"}\n{"key":"2024-05-01/lost.json"}\n',
    );
  });

  test('of an archive where everything is there says so, in words too', async () => {
    const given = { keys: keysOf('a', 'b'), items: [item('a'), item('b')] };

    expect(await compared(given)).toMatchObject({
      exitCode: 0,
      report: { missing: 0, surplus: 0 },
    });
    const { output } = await compared({ ...given, options: { json: undefined as never } });
    expect(output).toContain('Complete: every granule has an Item, and every Item has a granule.');
  });

  test('of nothing is never complete', async () => {
    const given = { keys: ['readme.json', 'other.txt'], options: { json: undefined as never } };

    const { output, exitCode } = await compared(given);

    expect(exitCode).toBe(1);
    expect(output).toContain('Nothing was compared: no row of the inventory makes an Item.');
    expect(output).not.toMatch(/complete:/i);
  });

  test('counts several versions of a granule as one Item, and sends all of them', async () => {
    const keys = keysOf('a', 'a_1', 'a_2', 'b_1', 'b_2');

    const { report } = await compared({ keys, items: [item('b')] });

    expect(report).toMatchObject({ expected: 2, present: 1, missing: 1, superseded: 3 });
    const [missing] = jsonLines(readFileSync(report?.files.missing ?? '', 'utf8')) as MissingItem[];
    expect(missing?.keys).toEqual(keysOf('a', 'a_1', 'a_2'));
  });

  test('compares ids and keys of any characters', async () => {
    const odd = [
      'ä ö',
      'tab\there',
      'quote"s',
      "it's",
      'back\\slash',
      'a,b',
      '名前',
      'null',
      '\u{1F30A}',
      '%20',
    ];

    const { report } = await compared({
      keys: keysOf(...odd, 'lost"\t\\x'),
      items: odd.map((id) => item(id)),
    });

    expect(report).toMatchObject({ expected: 11, present: 10, missing: 1, surplus: 0 });
    expect(report).toMatchObject({ samples: { missing: ['lost"\t\\x'] } });
    const [missing] = jsonLines(readFileSync(report?.files.missing ?? '', 'utf8')) as MissingItem[];
    expect(missing?.messages).toEqual([JSON.stringify({ key: '2024-05-01/lost"\t\\x.json' })]);
  });

  test('does not count an Item twice that the API gives twice', async () => {
    const { report, exitCode } = await compared({
      keys: keysOf('a', 'b'),
      items: [item('a'), item('b'), item('a')].slice(0, 2).concat(item('c'), item('c')),
    });

    expect(report).toMatchObject({ present: 2, surplus: 1, repeated: 1 });
    expect(report?.notes).toContainEqual(expect.stringContaining('gave 1 Items more than once'));
    expect(exitCode).toBe(1);
  });

  test('reports rows with a message whose Item is unknown', async () => {
    const pipeline: HistoricPipeline = {
      ...WAVES,
      itemIdOf: ({ key = '' }) => {
        if (key.includes('throws')) throw new Error('odd name');
        return key.includes('unknown') ? undefined : 'a';
      },
    };

    const { report, exitCode } = await compared({
      keys: keysOf('a', 'unknown', 'throws'),
      items: [item('a')],
      pipeline,
    });

    expect(report).toMatchObject({ expected: 1, missing: 0, unidentified: 2 });
    expect(report).toMatchObject({
      samples: {
        notCompared: [
          '2024-05-01/unknown.json: itemIdOf returned undefined',
          expect.stringMatching(/^2024-05-01\/throws\.json: itemIdOf: odd name/),
        ],
      },
    });
    expect(exitCode).toBe(1);
  });

  test('says that the API counts more Items than it gives', async () => {
    const server = await apiOf([], {
      fault: ({ method }, response) => {
        if (method !== 'POST') return false;
        response.end(JSON.stringify({ features: [{ id: 'a' }], numberMatched: 3 }));
        return true;
      },
    });

    const { report } = await compared({ keys: keysOf('a', 'b'), api: server });

    expect(report?.notes).toEqual([
      expect.stringContaining('counts 2 Items more than its pages gave'),
    ]);
  });

  test('says what is wrong if the catalogue is empty', async () => {
    const { report } = await compared({ keys: keysOf('a') });

    expect(report).toMatchObject({
      missing: 1,
      notes: [expect.stringContaining('no Collection waves')],
    });
  });
});

describe('an Item that may be younger than the inventory', () => {
  const FIELDS = ['Bucket', 'Key', 'Size', 'LastModifiedDate', 'StorageClass'];
  const row = (id: string, storage_class = 'STANDARD') => ({
    bucket: 'waves',
    key: `2024-05-01/${id}.json`,
    size: 1,
    last_modified_date: '2024-05-01T00:00:00Z',
    storage_class,
  });

  async function report(files: readonly (readonly ReturnType<typeof row>[])[]): Promise<string> {
    const inventory = join(folder, 'inventory');
    await writeInventory({
      folder: inventory,
      dt: '2024-05-10-01-00',
      format: 'CSV',
      fields: FIELDS,
      files,
    });
    return inventory;
  }

  test('is not a surplus', async () => {
    const items = [
      item('a'),
      item('gone', '2024-05-08T00:59:59Z'),
      item('late', '2024-05-08T01:00:00Z'),
      {
        id: 'new',
        properties: { datetime: '2020-01-01T00:00:00Z', created: '2024-05-10T02:00:00Z' },
      },
    ];

    const { report: found } = await compared({ inventory: await report([[row('a')]]), items });

    expect(found).toMatchObject({
      surplus: 1,
      younger: 2,
      samples: { surplus: ['gone'] },
      inventory: 'inventory report dt=2024-05-10-01-00',
      inventoryTime: '2024-05-10T01:00:00.000Z',
      notes: [
        expect.stringContaining('2 Items are so young that their granules need not be in it'),
      ],
    });
  });

  test('is not a surplus either if its granule is archived', async () => {
    const inventory = await report([[row('a'), row('cold', 'GLACIER')]]);

    const { report: found, exitCode } = await compared({
      inventory,
      items: [item('a'), item('cold')],
    });

    expect(found).toMatchObject({ expected: 1, surplus: 0, archived: 1, archivedItems: 1 });
    expect(exitCode).toBe(0);
  });
});

describe('chunks', () => {
  const keys = ['2024-05-01/a.json', '2024-05-02/b.json', '2024-05-03/c.json'];
  const items = [
    item('a', '2024-05-01T12:00:00Z'),
    item('gone', '2024-05-02T12:00:00Z'),
    item('late', '2024-05-02T00:00:01Z'),
    item('old', '2024-05-03T12:00:00Z'),
  ];

  test('are compared with the Items of their times alone, and of these with their own', async () => {
    const { report } = await compared({ keys, items, chunks: ['2024-05-02'] });

    expect(report).toMatchObject({ expected: 1, missing: 1, surplus: 1, chunks: ['2024-05-02'] });
    expect(report).toMatchObject({ samples: { missing: ['b'], surplus: ['gone'] } });
  });

  test('one after the other are compared together', async () => {
    const { report } = await compared({ keys, items, chunks: ['2024-05-01', '2024-05-02'] });

    expect(report).toMatchObject({ expected: 2, present: 1, missing: 1, surplus: 1 });
  });

  test('that do not say which Items are theirs have an unknown surplus, not none', async () => {
    const pipeline = { ...WAVES, itemsOfChunk: undefined };
    const given = { keys, items, pipeline, chunks: ['2024-05-01'] };

    expect(await compared(given)).toMatchObject({
      exitCode: 0,
      report: { expected: 1, present: 1, surplus: null },
    });
    const { output } = await compared({ ...given, options: { json: undefined as never } });
    expect(output).toMatch(/surplus +unknown/);
    expect(output).toContain('Every granule has an Item.');
  });
});

describe('an interrupted run', () => {
  const ids = Array.from({ length: 12 }, (_, index) => `i${index}`);

  test('goes on with the page after the last one, and with the rows that it has', async () => {
    let limit = 2;
    let isDown = false;
    const pages: string[] = [];
    const api = await apiOf(
      ids.slice(1).map((id) => item(id)),
      {
        fault: (request, response) => {
          if (request.method !== 'POST') return false;
          isDown = pages.length === limit;
          if (isDown) response.destroy();
          else pages.push(request.body);
          return isDown;
        },
      },
    );
    const given = { keys: keysOf(...ids), api };

    await expect(compared(given)).rejects.toThrow(/failed/);
    limit = Infinity;
    const { report, said } = await compared({ api });

    expect(said).toEqual([
      expect.stringMatching(/^going on with .*: 12 rows and 6 Items are read/),
    ]);
    expect(report).toMatchObject({
      expected: 12,
      present: 11,
      missing: 1,
      surplus: 0,
      repeated: 0,
    });
    expect(pages).toHaveLength(4);
  });

  test('of another listing, or with --fresh, starts over', async () => {
    const stopped = { isStopped: () => true, items: [item('a')] };
    expect(await compared({ keys: keysOf('a'), ...stopped })).toMatchObject({ output: undefined });

    const { said, report } = await compared({ keys: keysOf('a', 'bcd'), items: [item('a')] });

    expect(said).toEqual([expect.stringContaining('starting over')]);
    expect(report).toMatchObject({ expected: 2, missing: 1 });
    expect(await compared({ keys: keysOf('a', 'bcd'), items: [item('a')] })).toMatchObject({
      said: [],
    });
  });

  test('leaves nothing large behind when it is done', async () => {
    await compared({ keys: keysOf('a'), items: [item('a')] });

    for (const name of ['rows.tsv', 'items.tsv', 'compare', 'query'])
      expect(existsSync(join(folder, 'out', name))).toBe(false);
  });
});

describe('--send', () => {
  const keys = keysOf('a', 'b', 'c', 'd');

  function countingQueue(depths: number[] = []) {
    const messages: QueueMessage[] = [];
    const queue: MessageQueue = {
      ...unlimitedQueue((batch) => {
        messages.push(...batch);
        return Promise.resolve([]);
      }),
      depth: () => Promise.resolve(depths.shift() ?? 0),
    };
    return { queue, messages };
  }

  test('asks, and sends the messages of what is missing as a backfill does', async () => {
    const { queue, messages } = countingQueue();

    const { report, said, exitCode } = await compared({
      keys,
      items: [item('b')],
      options: { send: true },
      queue,
      answer: true,
    });

    expect(said).toEqual(['Send the messages of 3 missing Items of waves to its queue?']);
    expect(messages.map(({ body }) => body)).toEqual(
      keysOf('a', 'c', 'd').map((key) => JSON.stringify({ key })),
    );
    for (const { attributes } of messages) expect(attributes).toEqual({ backfill: 'waves' });
    expect(report).toMatchObject({ missing: 3, sent: 3 });
    expect(exitCode).toBe(0);
  });

  test('sends nothing if the answer is no', async () => {
    const { queue, messages } = countingQueue();

    const { said, report, exitCode } = await compared({
      keys,
      items: [],
      options: { send: true },
      queue,
    });

    expect(messages).toEqual([]);
    expect(said).toContain('Nothing was sent.');
    expect(report).not.toHaveProperty('sent');
    expect(exitCode).toBe(1);
  });

  test('does not ask if nothing is missing', async () => {
    const items = ['a', 'b', 'c', 'd'].map((id) => item(id));

    expect(await compared({ keys, items, options: { send: true } })).toMatchObject({
      said: [],
      exitCode: 0,
      report: { sent: 0 },
    });
  });

  test('waits while the queue has max_queue_depth messages', async () => {
    const depths = [3, 2, 1, 0, 0, 0];
    const { queue, messages } = countingQueue(depths);

    await compared({
      keys,
      items: [],
      options: { send: true, yes: true },
      queue,
      maxQueueDepth: 3,
    });

    expect(messages).toHaveLength(4);
    expect(depths).toHaveLength(1);
  });

  test('--last sends what the last comparison found, without another one', async () => {
    const api = await apiOf([item('a')]);
    await compared({ keys, api });
    const { queue, messages } = countingQueue();
    const options = { send: true, yes: true, last: true } as const;

    expect(await compared({ api: 'http://127.0.0.1:9', options, queue })).toMatchObject({
      report: { sent: 3 },
    });
    expect(messages).toHaveLength(3);
    expect(await compared({ api, options, queue })).toMatchObject({ report: { sent: 3 } });
    expect(messages).toHaveLength(3);
  });

  test('--last without a comparison, or with one of other chunks, is refused', async () => {
    await expect(
      compared({ keys, options: { send: true, yes: true, last: true } }),
    ).rejects.toThrow('--last needs a comparison');
    await compared({ keys });
    await expect(
      compared({ keys, chunks: ['2024-05-01'], options: { send: true, yes: true, last: true } }),
    ).rejects.toThrow('--last needs a comparison');
  });
});
