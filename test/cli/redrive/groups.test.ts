import { expect, test } from '@jest/globals';
import {
  isoTime,
  isSendable,
  malformationOf,
  type DeadLetter,
} from '../../../cli/redrive/dead-letter.js';
import { filterDeadLetters, groupDeadLetters } from '../../../cli/redrive/groups.js';
import { listText } from '../../../cli/redrive/report.js';

function deadLetterOf(id: string, fields: Partial<DeadLetter> = {}): DeadLetter {
  return {
    id,
    queue: 'dead',
    body: `{"path":"${id}"}`,
    reason: undefined,
    error: undefined,
    kind: undefined,
    failedAt: undefined,
    sentAt: undefined,
    itemId: undefined,
    correlationId: undefined,
    receiveCount: undefined,
    backfill: undefined,
    refusedRow: undefined,
    malformed: undefined,
    ...fields,
  };
}

function failed(id: string, reason: string, failedAt = '2024-05-01T10:00:00.000Z'): DeadLetter {
  return deadLetterOf(id, { error: 'GranuleError', kind: 'permanent', reason, failedAt });
}

test.each([
  ['hrefs', 's3://b/GRD/1/a.safe: is empty', 's3://b/GRD/2/b.safe: is empty'],
  ['quoted values', "the mode is 'IW'", "the mode is 'EW'"],
  ['ids', 'S1A_IW_GRDH_1SDV_20230314T052711 is odd', 'S1B_EW_GRDM_1SDH_20190907T143320 is odd'],
  [
    'the values of a JSON response',
    '422: {"id":"tile_1","msg":"no bbox","input":{"a":"x \\" y"}}',
    '422: {"id":"tile_2","msg":"no bbox","input":{"a":"z"}}',
  ],
  ['large numbers', 'it is 400123 bytes', 'it is 500321 bytes'],
])('reasons that differ only in %s form one group', (_, one, other) => {
  expect(groupDeadLetters([failed('a', one), failed('b', other)])).toHaveLength(1);
});

test.each([
  ['statuses', 'POST returned 500', 'POST returned 503'],
  ['messages of a JSON response', '422: {"msg":"no bbox"}', '422: {"msg":"no geometry"}'],
  ['elements', '<pass> is missing', '<mode> is missing'],
])('reasons that differ in %s form two groups', (_, one, other) => {
  expect(groupDeadLetters([failed('a', one), failed('b', other)])).toHaveLength(2);
});

test('[N02] a refused row is named by its key, and cannot be sent', () => {
  const row = deadLetterOf('r', {
    body: '{"refused_row":{"key":"a/b.tif"}}',
    refusedRow: 'a/b.tif',
    error: 'RefusedRow',
    reason: 'rowToMessageBody: no date',
  });

  expect(groupDeadLetters([row])).toMatchObject([
    { reason: 'RefusedRow: rowToMessageBody: no date', example: 'a/b.tif' },
  ]);
  expect(
    [row, deadLetterOf('m'), deadLetterOf('x', { malformed: 'empty' })].map(isSendable),
  ).toEqual([false, true, false]);
  expect(listText({ pipeline: 'waves', total: 1, deadLetters: [row], notes: [] })).toContain(
    '1 row of the inventory that the backfill refused; not sent, because there is no message.\n' +
      '  Fix historic.ts, then backfill the rows again: deploy and npm run backfill -- waves restart, or the same npm run local.',
  );
});

test('a group has a count, its oldest and newest time and its oldest message; the largest group comes first', () => {
  const deadLetters = [
    deadLetterOf('killed', { sentAt: '2024-05-03T10:00:00.000Z' }),
    failed('a', 's3://b/1: is empty', '2024-05-01T10:00:00.000Z'),
    failed('b', 's3://b/2: is empty', '2024-05-02T10:00:00.000Z'),
  ];

  expect(groupDeadLetters(deadLetters)).toEqual([
    {
      reason: 'GranuleError: <href>: is empty',
      kind: 'permanent',
      count: 2,
      oldest: '2024-05-01T10:00:00.000Z',
      newest: '2024-05-02T10:00:00.000Z',
      example: '{"path":"a"}',
    },
    {
      reason: 'no recorded reason (killed or timed out)',
      kind: undefined,
      count: 1,
      oldest: '2024-05-03T10:00:00.000Z',
      newest: '2024-05-03T10:00:00.000Z',
      example: '{"path":"killed"}',
    },
  ]);
});

test('a dead letter is shown by the content of its message, without the envelope', () => {
  const s3 = { bucket: { name: 'b' }, object: { key: 'GRD/a+b' } };
  const event = JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put', s3 }] });
  const Message = JSON.stringify({ path: 'GRD/1' });
  const envelope = JSON.stringify({ Type: 'Notification', TopicArn: 't', Message });
  const bodies = [event, envelope, '{"Records":[{}]}'];
  const deadLetters = bodies.map((body) =>
    deadLetterOf('x', { body, malformed: malformationOf(body) }),
  );

  expect(deadLetters.map((deadLetter) => groupDeadLetters([deadLetter])[0]?.example)).toEqual([
    's3://b/GRD/a b',
    '{"path":"GRD/1"}',
    '{"Records":[{}]}',
  ]);
});

test('filters match the reason or error in any case, and the time; --limit takes the oldest', () => {
  const deadLetters = [
    failed('new', 'Footprint missing', '2024-05-03T00:00:00.000Z'),
    failed('old', 'footprint missing', '2024-05-01T00:00:00.000Z'),
    failed('other', 'no pass', '2024-05-02T00:00:00.000Z'),
  ];
  const ids = (filter: Parameters<typeof filterDeadLetters>[1]) =>
    filterDeadLetters(deadLetters, filter).map(({ id }) => id);

  expect(ids({})).toEqual(['old', 'other', 'new']);
  expect(ids({ reason: 'FOOTPRINT' })).toEqual(['old', 'new']);
  expect(ids({ reason: 'granuleerror', limit: 2 })).toEqual(['old', 'other']);
  expect(ids({ since: '2024-05-02T00:00:00.000Z' })).toEqual(['other', 'new']);
  expect(ids({ reason: 'no recorded reason' })).toEqual([]);
});

test.each([
  ['1714557600000', '2024-05-01T10:00:00.000Z'],
  ['2024-05-01T10:00:00Z', '2024-05-01T10:00:00.000Z'],
  ['soon', undefined],
  [undefined, undefined],
  ['9'.repeat(30), undefined],
])('the timestamp %s becomes %s', (given, expected) => {
  expect(isoTime(given)).toBe(expected);
});

test('80,000 dead letters are grouped and listed in a moment', () => {
  const all = Array.from({ length: 80_000 }, (_, index) =>
    failed(`m${index}`, `s3://b/${index}/a.safe: is empty in part ${index % 40}`),
  );
  const started = performance.now();

  const text = listText({ pipeline: 'p', total: all.length, deadLetters: all, notes: [] });

  // With a copy of the group for each dead letter it took more than a minute.
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(text).toContain('and 10 more reasons (use --json to see all)');
});
