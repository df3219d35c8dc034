import { setImmediate } from 'node:timers/promises';
import { beforeEach, expect, test } from '@jest/globals';
import { sendPage } from '../../../lambdas/backfill/send.js';
import { reportName, type BackfillRun } from '../../../lambdas/backfill/run.js';
import type { Row } from '../../../lambdas/inventory/result-csv.js';
import { backfillKit, type BackfillKit } from '../../support/backfill/collaborators.js';

let kit: BackfillKit;

beforeEach(() => {
  kit = backfillKit({ inventory: 's3://b/i', resultsFolder: 'never-written' });
});

function send(
  columns: readonly string[],
  records: readonly (readonly (string | undefined)[])[],
  rowToMessageBody: (row: Row) => string | undefined,
) {
  const run: BackfillRun = {
    ...kit,
    eventId: 'o',
    owner: 'o/1',
    nearEnd: () => false,
    pipeline: { queryInventory: () => '', rowToMessageBody, nextChunk: () => undefined },
  };
  const page = { columns, records, position: { offset: 0 }, size: 0, last: true };
  return sendPage(page, run, { chunk: '2022', dt: '2022-04-22-01-00', listing: undefined });
}

test('each row becomes a message, or is skipped if the pipeline returns undefined', async () => {
  const counts = await send(['key', 'size'], [['a', '1'], ['b'], ['c', '3']], ({ key, size }) =>
    size === undefined ? undefined : `${key ?? ''} ${size}`,
  );

  expect(counts).toEqual({ rows: 3, sent: 2, skipped: 1, refused: 0 });
  expect(kit.queue.bodies).toEqual(['a 1', 'c 3']);
});

test('[N01] each message carries the id of the pipeline whose backfill sent it; its body does not change', async () => {
  await send(['key'], [['a'], ['b']], ({ key }) => JSON.stringify({ key }));

  const attributes = { backfill: 'example' };
  expect(kit.queue.messages).toMatchObject([
    { body: '{"key":"a"}', attributes },
    { body: '{"key":"b"}', attributes },
  ]);
});

test('a row for which the pipeline throws is refused with its key, and does not stop the others', async () => {
  const counts = await send(
    ['size', 'key'],
    [
      ['1', 'a'],
      ['2', 'b'],
    ],
    ({ key }) => {
      if (key === 'a') throw new Error('no date in it');
      return key;
    },
  );

  expect(counts).toMatchObject({ rows: 2, sent: 1, skipped: 0, refused: 1 });
  expect(kit.log.lines).toEqual([
    {
      level: 'error',
      message: 'row refused: no message was sent',
      fields: {
        key: 'a',
        reason: 'rowToMessageBody: no date in it',
        stack: expect.stringContaining('Error: no date in it\n    at ') as unknown,
      },
    },
  ]);
});

test('a value that is not a string is refused as a message', async () => {
  const given: Record<string, unknown> = { a: { path: 'a' }, b: null, c: 'c', d: 7 };
  const records = Object.keys(given).map((key) => [key]);

  const counts = await send(['key'], records, ({ key = '' }) => given[key] as string | undefined);

  expect(counts).toMatchObject({ rows: 4, sent: 1, skipped: 1, refused: 2 });
  expect(kit.log.lines.map(({ fields }) => fields)).toEqual([
    { key: 'a', reason: 'rowToMessageBody: must return a string or undefined (returned object)' },
    { key: 'd', reason: 'rowToMessageBody: must return a string or undefined (returned number)' },
  ]);
});

test('a row without a key is identified by its first value', async () => {
  await send(['path', 'size'], [['p', '1'], []], () => '');

  expect(kit.log.lines.map(({ fields }) => fields)).toEqual([
    { key: 'p', reason: 'the body is empty, which SQS does not accept' },
    { key: '', reason: 'the body is empty, which SQS does not accept' },
  ]);
});

test.each([
  [100, 100, undefined],
  [101, 100, 1],
  [250, 100, 150],
])('of %d refused rows %d are logged, and then their number: %s', async (count, logged, more) => {
  const records = Array.from({ length: count }, (_, index) => [`${index}`]);

  const { refused } = await send(['key'], records, () => '');

  expect(refused).toBe(count);
  const [lines, rest] = [kit.log.lines.slice(0, logged), kit.log.lines.slice(logged)];
  expect(lines.map(({ fields }) => fields?.['key'])).toEqual(
    records.slice(0, logged).map(([key]) => key),
  );
  expect(rest.map(({ message, fields }) => [message, fields])).toEqual(
    more === undefined ? [] : [['more rows refused', { count: more }]],
  );
});

test('the name of a report is its time, that of a listing its location', () => {
  expect(reportName({ dt: '2022-04-22-01-00' })).toBe('report dt=2022-04-22-01-00');
  expect(reportName({ listing: 's3://b/my list.csv' })).toBe('the listing s3://b/my list.csv');
  // A cursor that an earlier version stored has no `listing`.
  expect(reportName({})).toBe('the listing');
});

test('the number of concurrent batches is that of the run', async () => {
  let [underWay, most] = [0, 0];
  kit.queue.sendBatch = async () => {
    most = Math.max(most, (underWay += 1));
    await setImmediate();
    underWay -= 1;
    return [];
  };
  const records = Array.from({ length: 200 }, (_, index) => [`k${index}`]);

  const counts = await send(['key'], records, ({ key }) => key);

  expect(counts.sent).toBe(200);
  expect(most).toBe(kit.parallelBatches);
});
