import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { type FaultRule, faultPlan } from '../../../local/http/faults.js';
import { type RunSummary, summaryText } from '../../../local/run/summary.js';
import { startFakeIngestor } from '../../kit/fake-ingestor.js';
import { DemoRun } from '../../support/demo/demo-run.js';

const demo = new DemoRun();

beforeAll(() => demo.bundle());
beforeEach(() => {
  demo.clear();
});
afterAll(() => {
  demo.remove();
});

function writeGranules(count: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    demo.writeGranule(`g${String(index).padStart(3, '0')}`),
  );
}

function failuresOf({ failures }: RunSummary): Record<string, number> {
  return Object.fromEntries([...failures].map(([name, { count }]) => [name, count]));
}

describe('a local run', () => {
  test('makes an Item of each message and leaves whole files, with one token for all containers', async () => {
    const summary = await demo.run(writeGranules(45), { concurrency: 2 });

    expect(summary).toMatchObject({
      made: 45,
      posted: 45,
      skipped: 0,
      items: 45,
      tokenRequests: 1,
    });
    expect(demo.itemIds()).toHaveLength(45);
    expect(demo.lines('items.ndjson')[0]).toMatchObject({ type: 'Feature', collection: 'demo' });
    expect(demo.lines('dead-letters.ndjson')).toEqual([]);
    expect(JSON.parse(demo.read('collection.json'))).toMatchObject({ id: 'demo' });
    expect(demo.read('index.html')).toContain('45 Items.');
  });

  test('goes on past what is bad, and says of each why', async () => {
    const bodies = [
      demo.writeGranule('good'),
      demo.writeGranule('bad', { lon: 'east' }),
      '{"path":"gone"}',
      'no json',
      '{"path":"skip"}',
    ];

    const summary = await demo.run(bodies);

    expect(demo.itemIds()).toEqual(['good']);
    expect(summary).toMatchObject({ made: 1, posted: 1, skipped: 1 });
    expect(failuresOf(summary)).toEqual({ GranuleError: 1, ReadError: 1, MessageError: 1 });
    expect(demo.lines('dead-letters.ndjson')).toContainEqual({
      reason: 's3://demo/bad: granule.json lacks a field',
      error: 'GranuleError',
      messageId: expect.any(String),
      body: '{"path":"bad"}',
      attributes: expect.objectContaining({ kind: 'permanent', receive_count: '1' }),
    });
  });

  test('keeps the last of an Item that is made twice', async () => {
    const body = demo.writeGranule('twice');

    const summary = await demo.run([body, body], { batchSize: 1, concurrency: 1 });

    expect(summary).toMatchObject({ made: 2, posted: 2, items: 1 });
    expect(demo.itemIds()).toEqual(['twice']);
  });

  test('puts a message away whose container dies each time, and keeps the others', async () => {
    const bodies = [demo.writeGranule('deadly', { exit: true }), ...writeGranules(3)];

    const summary = await demo.run(bodies, { batchSize: 1 });

    expect(demo.itemIds()).toEqual(['g000', 'g001', 'g002']);
    expect(failuresOf(summary)).toEqual({ NoReason: 1 });
    expect(summary).toMatchObject({ made: 3, posted: 3, retries: 1 });
    expect(demo.lines('dead-letters.ndjson')).toMatchObject([
      { body: '{"path":"deadly"}', attributes: {} },
    ]);
    expect(demo.read('log.ndjson')).toContain('the container died');
  });

  test('stops at the limit', async () => {
    expect(await demo.run(writeGranules(20), { limit: 7 })).toMatchObject({ made: 7, items: 7 });
  });

  test('posts nothing when dry, and keeps the Items all the same', async () => {
    const summary = await demo.run(writeGranules(3), { target: { kind: 'dry-run' } });

    expect(summary).toMatchObject({
      made: 3,
      tokenRequests: 0,
      isDryRun: true,
      collectionFault: undefined,
    });
    expect(demo.itemIds()).toEqual(['g000', 'g001', 'g002']);
    expect(demo.read('index.html')).toContain('3 Items from a dry run, not posted.');
  });
});

describe('a run that was interrupted', () => {
  async function interrupt(bodies: readonly string[]): Promise<RunSummary> {
    const controller = new AbortController();
    function* abortLater() {
      yield* bodies.slice(0, 10);
      controller.abort();
      yield* bodies.slice(10);
    }
    return demo.run(abortLater(), { signal: controller.signal, batchSize: 1 });
  }

  test('finishes what is in flight, and is taken up where it ended', async () => {
    const bodies = writeGranules(30);
    const first = await interrupt(bodies);
    expect(first.isInterrupted).toBe(true);

    const second = await demo.run(bodies);

    expect(second).toMatchObject({ doneBefore: first.made, made: 30 - first.made, items: 30 });
    expect(demo.itemIds()).toHaveLength(30);
  });

  test.each([
    ['asked to', { fresh: true }],
    ['of another input', { inputName: 'other' }],
  ])('starts over when %s', async (_, options) => {
    const bodies = writeGranules(12);
    await interrupt(bodies);

    expect(await demo.run(bodies, options)).toMatchObject({ doneBefore: 0, made: 12, items: 12 });
  });

  test('starts over once it is finished', async () => {
    const bodies = writeGranules(3);
    await demo.run(bodies);

    expect(await demo.run(bodies)).toMatchObject({ doneBefore: 0, made: 3, items: 3 });
  });
});

describe('an ingestor elsewhere', () => {
  async function runAgainst(rules: readonly FaultRule[], wanted?: string, token = 'given') {
    const ingestor = await startFakeIngestor({
      faults: faultPlan(rules),
      ...(wanted !== undefined && { checkToken: (given: string) => given === wanted }),
    });
    try {
      const access = { ingestorUrl: ingestor.url, ...(token !== '' && { token }) };
      const summary = await demo.run(writeGranules(3), { target: { kind: 'ingestor', access } });
      return {
        summary,
        taken: ingestor
          .items()
          .map(({ id }) => id)
          .sort(),
        collections: ingestor.collections(),
      };
    } finally {
      await ingestor.close();
    }
  }

  const onItems = (fault: FaultRule['fault'], first?: number): FaultRule => ({
    fault,
    when: ({ path }) => path === '/ingestions',
    ...(first !== undefined && { first }),
  });

  test('gets the Collection and the Items, which are kept here as well', async () => {
    const { summary, taken, collections } = await runAgainst([], 'given');

    expect(summary.failures.size).toBe(0);
    expect(taken).toEqual(['g000', 'g001', 'g002']);
    expect(collections).toMatchObject([{ id: 'demo' }]);
    expect(demo.itemIds()).toEqual(taken);
  });

  test.each<[string, FaultRule['fault']]>([
    ['500', { kind: 'status', status: 500 }],
    ['503', { kind: 'status', status: 503 }],
    ['429', { kind: 'status', status: 429 }],
    ['a reset connection', { kind: 'reset' }],
    ['half a body', { kind: 'half' }],
  ])('is asked again after %s', async (_, fault) => {
    const { summary, taken } = await runAgainst([onItems(fault, 2)]);

    expect(failuresOf(summary)).toEqual({});
    expect(taken).toEqual(['g000', 'g001', 'g002']);
  });

  test('[N21] that fails for longer than a post is tried has retries, and Items that count once', async () => {
    // Three messages with three tries each: the first attempts fail.
    const { summary, taken } = await runAgainst([onItems({ kind: 'status', status: 503 }, 9)]);

    expect(taken).toEqual(['g000', 'g001', 'g002']);
    expect(summary).toMatchObject({ made: 3, posted: 3, retries: 3, items: 3 });
    expect(summaryText(summary)).toMatch(
      /^made 3, posted 3\nretries 3: attempts at messages that had failed before\nfailed 0\n/,
    );
  });

  test('[N21] that never succeeds has the last attempts among the retries', async () => {
    const { summary } = await runAgainst([onItems({ kind: 'status', status: 503 })]);

    expect(summary).toMatchObject({ made: 3, posted: 0, retries: 3 });
    expect(failuresOf(summary)).toEqual({ IngestorError: 3 });
  });

  test.each<[string, FaultRule['fault'], RegExp]>([
    [
      '422',
      { kind: 'status', status: 422, body: '{"detail":[{"loc":["body"],"msg":"no"}]}' },
      /returned 422: body: no/,
    ],
    [
      'a redirect',
      { kind: 'redirect', location: 'https://elsewhere.example/' },
      /redirect to https:\/\/elsewhere/,
    ],
    ['500 for ever', { kind: 'status', status: 500 }, /returned 500/],
  ])('that answers %s leaves every message among the dead letters', async (_, fault, reason) => {
    const { summary, taken } = await runAgainst([onItems(fault)]);

    expect(taken).toEqual([]);
    expect(failuresOf(summary)).toEqual({ IngestorError: 3 });
    for (const letter of demo.lines('dead-letters.ndjson'))
      expect(letter['reason']).toMatch(reason);
  });

  test.each([
    ['401', '', /returned 401, and no access token was sent: set INGESTOR_TOKEN/],
    ['403', 'given', /returned 403 even with a new access token/],
  ])('that answers %s leaves every message among the dead letters', async (_, token, reason) => {
    const { summary } = await runAgainst([], 'wanted', token);

    expect(failuresOf(summary)).toEqual({ IngestorError: 3 });
    expect(summary.collectionFault).toMatch(reason);
  });

  test('that is down leaves every message among the dead letters', async () => {
    const access = { ingestorUrl: 'http://127.0.0.1:9' };

    const summary = await demo.run(writeGranules(3), { target: { kind: 'ingestor', access } });

    expect(failuresOf(summary)).toEqual({ IngestorError: 3 });
    expect(summary.collectionFault).toMatch(/got no response/);
    expect(demo.itemIds()).toEqual([]);
  });
});

describe('an output folder that cannot be written', () => {
  test('is an error before anything is done', async () => {
    writeFileSync(join(demo.folder, 'file'), '');

    await expect(demo.run([], { folder: join(demo.folder, 'file/out') })).rejects.toThrow(
      /^cannot write .*file\/out\/\.run: part of the path is a file/,
    );
  });
});
