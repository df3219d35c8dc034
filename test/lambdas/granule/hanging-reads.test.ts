import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { MAX_RECEIVE_COUNT } from '../../../lambdas/granule/outcome.js';
import type { AbortableSource } from '../../../lambdas/source/source.js';
import { exampleHandler, exampleItem, received, sqsRecord } from '../../support/granule.js';
import { readSource } from '../../kit/read-source.js';

const TIMEOUT_MS = 1_500;

/** Reads of an href that contains `hang` never end; others end at once. */
const source = readSource((href) =>
  href.includes('hang') ? new Promise(() => undefined) : Promise.resolve(Buffer.from('x')),
);

/** Runs one batch of a function with a timeout of 1.5 s. */
async function runBatch(
  bodies: readonly unknown[],
  { slowMs = 0, receives = 1 }: { slowMs?: number; receives?: number } = {},
) {
  const example = exampleHandler(
    {
      createItem: async ({ href, source: files }) => {
        await files.read(`s3://b/${href}/manifest.safe`);
        await sleep(slowMs);
        return exampleItem(href);
      },
    },
    { source },
  );
  const started = performance.now();
  const remainingMs = () => TIMEOUT_MS - (performance.now() - started);
  const records = bodies.map((body) => sqsRecord(body, received(receives)));
  const failed = await example.run(records, remainingMs);
  const posted = example.posted.map(({ id }) => id).sort();
  return { ...example, failed, posted, leftMs: remainingMs() };
}

const names = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => ({ name: `${prefix}${String(index + 10)}` }));
const s3 = (key: string) => ({
  eventName: 'ObjectCreated:Put',
  s3: { bucket: { name: 'b' }, object: { key } },
});

describe('a read that hangs', () => {
  test('does not keep the nine finished Items of its batch from being posted', async () => {
    const good = names(9, 'good');

    const { posted, failed, leftMs } = await runBatch([{ name: 'hang' }, ...good]);

    expect(posted).toEqual(good.map(({ name }) => name));
    expect(failed).toEqual([sqsRecord({ name: 'hang' }).messageId]);
    expect(leftMs).toBeGreaterThan(0);
  });

  test('in every lane does not keep the messages behind from being made and posted', async () => {
    const good = names(9, 'good');

    const { posted, failed } = await runBatch([...names(16, 'hang'), ...good]);

    expect(posted).toEqual(good.map(({ name }) => name));
    expect(failed).toHaveLength(16);
  });

  test('does not keep the other granules of its own message from being posted', async () => {
    const { posted, failed } = await runBatch([
      { Records: [s3('one'), s3('hang'), s3('two')] },
      { name: 'three' },
    ]);

    expect(posted).toEqual(['one', 'three', 'two']);
    expect(failed).toHaveLength(1);
  });

  test('is named in the dead letter, which does not advise a longer timeout', async () => {
    const { dead } = await runBatch([{ name: 'hang' }], { receives: MAX_RECEIVE_COUNT });

    expect(dead).toHaveLength(1);
    const { kind, message } = dead[0]?.reason.failure ?? { kind: '', message: '' };
    expect(kind).toBe('transient');
    expect(message).toContain('the read of s3://b/hang/manifest.safe had not ended');
    expect(message).toContain('increasing timeout_seconds does not help');
  });
});

test('a download that has not ended is named, with the advice for large files, and given up', async () => {
  let given: AbortSignal | undefined;
  const hanging: AbortableSource = {
    read: source.read.bind(source),
    download: (_, __, signal) => {
      given = signal;
      return new Promise(() => undefined);
    },
  };
  const { run, dead } = exampleHandler(
    {
      createItem: async ({ href, source: files }) => {
        await files.download(`s3://b/${href}/sst.nc`, '/tmp/sst.nc');
        return exampleItem(href);
      },
    },
    { source: hanging },
  );

  await run([sqsRecord({ name: 'a' }, received(MAX_RECEIVE_COUNT))], () => 200);

  expect(dead[0]?.reason.failure.message).toMatch(
    /: the download of s3:\/\/b\/a\/sst\.nc had not ended; it is tried again; increase timeout_seconds if the file is large/,
  );
  expect(given?.aborted).toBe(true);
});

describe('making an Item', () => {
  test('that takes nearly half of the time leaves time for its post', async () => {
    const { posted, failed } = await runBatch(names(3, 'slow'), { slowMs: 500 });

    expect(posted).toHaveLength(3);
    expect(failed).toEqual([]);
  });

  test('that takes too long without a read is given up, with the advice for slow code', async () => {
    const { dead, posted } = await runBatch([{ name: 'slow' }], {
      slowMs: 2_000,
      receives: MAX_RECEIVE_COUNT,
    });

    expect(posted).toEqual([]);
    expect(dead[0]?.reason.failure.message).toMatch(
      /not created within \d+ ms.*createItem itself takes too long; increase memory_mb or timeout_seconds/,
    );
  });

  test('of a message with more granules than there is time for posts those that were made', async () => {
    const granules = Array.from({ length: 64 }, (_, index) => s3(`g${String(index)}`));

    const { posted, failed, leftMs } = await runBatch([{ Records: granules }], { slowMs: 200 });

    expect(posted.length).toBeGreaterThanOrEqual(16);
    expect(posted.length).toBeLessThan(64);
    expect(failed).toHaveLength(1);
    expect(leftMs).toBeGreaterThan(0);
  });
});
