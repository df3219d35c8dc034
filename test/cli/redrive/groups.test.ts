import { expect, test } from '@jest/globals';
import { isoTime, malformationOf, type DeadLetter } from '../../../cli/redrive/dead-letter.js';
import { filterLetters, groupLetters } from '../../../cli/redrive/groups.js';

function letterOf(id: string, fields: Partial<DeadLetter> = {}): DeadLetter {
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
    malformed: undefined,
    ...fields,
  };
}

function failed(id: string, reason: string, failedAt = '2024-05-01T10:00:00.000Z'): DeadLetter {
  return letterOf(id, { error: 'GranuleError', kind: 'permanent', reason, failedAt });
}

test.each([
  ['hrefs', 's3://b/GRD/1/a.safe: is empty', 's3://b/GRD/2/b.safe: is empty'],
  ['quoted values', "the mode is 'IW'", "the mode is 'EW'"],
  ['ids', 'S1A_IW_GRDH_1SDV_20230314T052711 is odd', 'S1B_EW_GRDM_1SDH_20190907T143320 is odd'],
  ['large numbers', 'it is 400123 bytes', 'it is 500321 bytes'],
])('reasons that differ in %s alone are one group', (_, one, other) => {
  expect(groupLetters([failed('a', one), failed('b', other)])).toHaveLength(1);
});

test.each([
  ['statuses', 'POST answered 500', 'POST answered 503'],
  ['elements', '<pass> is missing', '<mode> is missing'],
])('reasons that differ in %s are two groups', (_, one, other) => {
  expect(groupLetters([failed('a', one), failed('b', other)])).toHaveLength(2);
});

test('a group says how many, since when, and names the oldest; the largest comes first', () => {
  const letters = [
    letterOf('killed', { sentAt: '2024-05-03T10:00:00.000Z' }),
    failed('a', 's3://b/1: is empty', '2024-05-01T10:00:00.000Z'),
    failed('b', 's3://b/2: is empty', '2024-05-02T10:00:00.000Z'),
  ];

  expect(groupLetters(letters)).toEqual([
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

test('a letter is named by what its message is about, out of its envelope', () => {
  const s3 = { bucket: { name: 'b' }, object: { key: 'GRD/a+b' } };
  const event = JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put', s3 }] });
  const Message = JSON.stringify({ path: 'GRD/1' });
  const envelope = JSON.stringify({ Type: 'Notification', TopicArn: 't', Message });
  const bodies = [event, envelope, '{"Records":[{}]}'];
  const letters = bodies.map((body) => letterOf('x', { body, malformed: malformationOf(body) }));

  expect(letters.map((letter) => groupLetters([letter])[0]?.example)).toEqual([
    's3://b/GRD/a b',
    '{"path":"GRD/1"}',
    '{"Records":[{}]}',
  ]);
});

test('filters go by reason or error in any case, by time, and take the oldest', () => {
  const letters = [
    failed('new', 'Footprint missing', '2024-05-03T00:00:00.000Z'),
    failed('old', 'footprint missing', '2024-05-01T00:00:00.000Z'),
    failed('other', 'no pass', '2024-05-02T00:00:00.000Z'),
  ];
  const ids = (filter: Parameters<typeof filterLetters>[1]) =>
    filterLetters(letters, filter).map(({ id }) => id);

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
])('the time %s is %s', (given, expected) => {
  expect(isoTime(given)).toBe(expected);
});
