import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { reprocess, type ReprocessOptions } from '../../../cli/reprocess/run.js';
import type { MessageQueue } from '../../../lambdas/queue/queue.js';
import { unlimitedQueue } from '../../../local/input/unlimited-queue.js';
import { jsonLines } from '../../support/json-lines.js';
import {
  testReconciliation,
  type TestReconciliation,
} from '../../support/reconcile/reconciliation.js';
import { startStacApi, type StacApiItem } from '../../support/reconcile/stac-api.js';

const DAY = '2024-05-01';
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => `${DAY}/${id}.json`);

function item(id: string, version?: string, datetime = `${DAY}T12:00:00Z`): StacApiItem {
  const software = version === undefined ? {} : { 'waves-pipeline': version };
  return {
    id,
    properties: {
      datetime,
      ...(id !== 'b' && { 'processing:software': { IPF: '9', ...software } }),
    },
  };
}

/** `a`, `b` and `d` are older than 1.4; `e` is not in the catalogue, `x` has no row. */
const ITEMS = [
  item('a', '1.3.9'),
  item('b'),
  item('c', '1.4.0'),
  item('d', '1.4.0-rc.2'),
  item('f', '1.10'),
  item('x', '0.1', '2020-01-01T00:00:00Z'),
];

let folder: string;
let api: string;
let items: readonly StacApiItem[];
const started: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reprocess-'));
  items = ITEMS;
  const server = await startStacApi({ collection: 'waves', items: () => items, maxLimit: 2 });
  started.push(server);
  api = server.url;
});

afterEach(async () => {
  for (const one of started.splice(0)) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Given extends Partial<TestReconciliation> {
  readonly version?: string;
  readonly options?: ReprocessOptions;
  readonly queue?: MessageQueue;
  readonly answer?: boolean;
}

async function reprocessed({
  version = '1.4',
  options = {},
  queue,
  answer = false,
  ...given
}: Given) {
  const { run, engine } = await testReconciliation({
    folder,
    ...(given.inventory === undefined && { keys: KEYS }),
    api,
    ...given,
  });
  const said: string[] = [];
  const none = unlimitedQueue(() => Promise.reject(new Error('nothing is to be sent')));
  try {
    const result = await reprocess(run, {
      version,
      options,
      queue: () => Promise.resolve(queue ?? none),
      ask: (question) => {
        said.push(question);
        return Promise.resolve(answer);
      },
      say: (line) => said.push(line),
    });
    return { ...result, said, run };
  } finally {
    await engine.close();
  }
}

function memoryQueue() {
  const bodies: string[] = [];
  const queue = unlimitedQueue((messages) => {
    bodies.push(...messages.map(({ body }) => body));
    return Promise.resolve([]);
  });
  return { bodies, queue };
}

const bodiesOf = (...ids: string[]): string[] =>
  ids.map((id) => JSON.stringify({ key: `${DAY}/${id}.json` }));

describe('reprocess', () => {
  test('selects the Items of older and of unknown versions that a row makes', async () => {
    const { output = '', exitCode } = await reprocessed({ options: { json: true, count: true } });

    const report = JSON.parse(output) as { readonly files: Readonly<Record<string, string>> };
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({
      pipeline: 'waves',
      madeBefore: '1.4',
      items: 6,
      selected: 3,
      withoutRow: 1,
      samples: ['a', 'b', 'd'],
    });
    expect(report).not.toHaveProperty('sent');
    const { selected = '', messages = '', withoutRow = '' } = report.files;
    expect(jsonLines(readFileSync(selected, 'utf8'))).toMatchObject([
      { id: 'a' },
      { id: 'b' },
      { id: 'd' },
    ]);
    expect(readFileSync(messages, 'utf8').trimEnd().split('\n')).toEqual(bodiesOf('a', 'b', 'd'));
    expect(jsonLines(readFileSync(withoutRow, 'utf8'))).toEqual([{ id: 'x' }]);
  });

  test.each([
    ['0.0.1', ['b']],
    ['1.4.0-rc.2', ['a', 'b']],
    ['1.5', ['a', 'b', 'c', 'd']],
    ['2', ['a', 'b', 'c', 'd', 'f']],
  ])('before %s selects %j', async (version, selected) => {
    const { bodies, queue } = memoryQueue();

    await reprocessed({ version, queue, options: { yes: true } });

    expect(bodies).toEqual(bodiesOf(...selected));
  });

  test('counts, asks, and sends the messages', async () => {
    const { bodies, queue } = memoryQueue();

    const { output, said, exitCode } = await reprocessed({ queue, answer: true });

    expect(said).toEqual([
      expect.stringMatching(
        /^waves: 3 Items to send again, of 6 Items in the catalogue, made before version 1\.4 or by an unknown one\n {2}such as a, b, d\n {2}1 Item more have no row/,
      ),
      'Send the messages of 3 Items of waves again?',
    ]);
    expect(output).toBe('waves: 3 messages sent');
    expect(exitCode).toBe(0);
    expect(bodies).toEqual(bodiesOf('a', 'b', 'd'));
  });

  test('sends nothing if the person says no', async () => {
    const { output, said } = await reprocessed({ answer: false });

    expect(said.at(-1)).toBe('Nothing was sent.');
    expect(output).toContain('Nothing was sent.');
  });

  test('has nothing to send once the Items are made by the new version', async () => {
    items = ['a', 'b', 'c', 'd', 'f'].map((id) => ({
      id,
      properties: { 'processing:software': { 'waves-pipeline': '1.4' } },
    }));

    const { output, exitCode } = await reprocessed({ options: { yes: true } });

    expect(output).toContain('waves: 0 Items to send again');
    expect(output).toContain('There is nothing to send.');
    expect(exitCode).toBe(0);
  });

  test('another version does not go on with the selection of the last one', async () => {
    let reads = 0;
    const isStopped = (): boolean => (reads += 1) > 2;
    const stopped = await reprocessed({ isStopped });
    const { output = '' } = await reprocessed({
      version: '2',
      options: { count: true, json: true },
    });

    expect(stopped.output).toBeUndefined();
    expect(JSON.parse(output)).toMatchObject({ selected: 5 });
  });

  test('goes on with sending what was not sent, without another selection', async () => {
    const { bodies, queue } = memoryQueue();
    let polls = 0;
    const full = { ...queue, depth: () => Promise.resolve((polls += 1) > 1 ? 10 : 0) };
    const limits = { maxQueueDepth: 2 };
    const stop = { ...limits, isStopped: () => polls > 1 };
    const first = await reprocessed({ ...stop, queue: full, options: { yes: true } });
    const before = [...bodies];
    items = [];
    const inventory = join(folder, 'keys.txt');
    const second = await reprocessed({ ...limits, inventory, queue, options: { yes: true } });

    expect(before).toEqual(bodiesOf('a', 'b'));
    expect(first.output).toContain('2 messages sent; stopped early: the same command goes on');
    expect(first.exitCode).toBe(1);
    expect(second.said[0]).toBe('going on with sending: 2 messages were sent before');
    expect(second.output).toBe('waves: 3 messages sent');
    expect(bodies).toEqual(bodiesOf('a', 'b', 'd'));
  });

  test('compares only the chosen chunks', async () => {
    const keys = [...KEYS, '2024-05-02/g.json'];
    items = [...ITEMS, item('g', '1.0', '2024-05-02T12:00:00Z')];

    const { output = '' } = await reprocessed({
      keys,
      chunks: ['2024-05-02'],
      options: { count: true, json: true },
    });

    expect(JSON.parse(output)).toMatchObject({
      selected: 1,
      samples: ['g'],
      chunks: ['2024-05-02'],
    });
  });

  test('fails if the inventory has no granule', async () => {
    const { exitCode, output } = await reprocessed({
      keys: ['other.txt'],
      options: { count: true },
    });

    expect(exitCode).toBe(1);
    expect(output).toContain('The inventory has no row that makes an Item.');
  });
});
