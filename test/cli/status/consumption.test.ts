import { describe, expect, test } from '@jest/globals';
import {
  consumptionLine,
  consumptionTexts,
  type ConsumptionSubject,
} from '../../../cli/status/consumption.js';

const OFF = { id: 'm-1', state: 'Disabled' };
const ON = { id: 'm-1', state: 'Enabled' };
const HOLD = {
  since: '2024-05-01T12:00:00.000Z',
  by: 'arn:aws:iam::1:user/ann',
  reason: 'restore',
};
const HELD = 'consumption is held since 2024-05-01 12:00Z by arn:aws:iam::1:user/ann: restore';
const QUEUE = {
  name: 'q',
  visible: 60_000,
  inFlight: 0,
  delayed: 0,
  retentionSeconds: 604_800,
  oldestSeconds: undefined,
};

function textsOf(fields: Partial<ConsumptionSubject>, day: number): string[] {
  const subject = { pipeline: 'waves', consumption: undefined, queue: QUEUE, maxAgeMinutes: 1440 };
  return consumptionTexts({ ...subject, ...fields }, Date.UTC(2024, 4, day, 13));
}

describe('attention', () => {
  test.each<[string, ConsumptionSubject['consumption'], string[]]>([
    ['none while messages are taken', { mapping: ON, hold: undefined }, []],
    ['none if it is unknown', undefined, []],
    [
      'a hold, with its reason',
      { mapping: OFF, hold: HOLD },
      [`${HELD}; to go on: npm run release -- waves`],
    ],
    [
      'a mapping that is disabled by hand',
      { mapping: { ...OFF, state: 'Disabling' }, hold: undefined },
      [
        'consumption is off without a hold: the event source mapping m-1 was disabled by hand; npm run release -- waves enables it',
      ],
    ],
    [
      'a hold whose mapping is enabled',
      { mapping: ON, hold: HOLD },
      [
        'consumption is on, although it was held since 2024-05-01 12:00Z by arn:aws:iam::1:user/ann: restore: ' +
          'npm run hold -- waves holds it again, npm run release -- waves removes the record',
      ],
    ],
  ])('%s', (_, consumption, expected) => {
    expect(textsOf({ consumption }, 2)).toEqual(expected);
  });
});

describe('from the fifth day of a hold', () => {
  const held = { mapping: OFF, hold: HOLD };
  const lossAt = (day: number, queue: Partial<typeof QUEUE> | { oldestSeconds: number } = {}) =>
    textsOf({ consumption: held, queue: { ...QUEUE, ...queue }, maxAgeMinutes: 10_079 }, day)[1];

  test.each([
    ['nothing before', 4, {}, undefined],
    ['nothing from an empty queue', 6, { visible: 0 }, undefined],
    [
      'what the retention deletes, and when',
      6,
      { oldestSeconds: 5.5 * 86_400 },
      'the queue keeps messages for 7 days: SQS deletes the oldest of 60,000 waiting messages from 2024-05-08 01:00Z on',
    ],
    [
      'by the start of the hold if the age is unknown',
      6,
      {},
      'the queue keeps messages for 7 days: SQS deletes the oldest of 60,000 waiting messages from 2024-05-08 12:00Z on',
    ],
    [
      'now',
      9,
      {},
      'the queue keeps messages for 7 days: SQS deletes the oldest of 60,000 waiting messages now',
    ],
  ])('%s', (...[, day, queue, expected]) => {
    expect(lossAt(day, queue)).toBe(expected);
  });
});

test.each([
  [86_400, []],
  [86_401, ['the oldest message has waited for 24 h, more than max_age_minutes (1440)']],
])('the oldest message of %i s against max_age_minutes', (oldestSeconds, expected) => {
  const consumption = { mapping: ON, hold: undefined };
  expect(textsOf({ consumption, queue: { ...QUEUE, oldestSeconds } }, 2)).toEqual(expected);
});

test.each([
  ['Consumption: on', { mapping: ON, hold: undefined }],
  ['Consumption: off', { mapping: OFF, hold: undefined }],
  [
    'Consumption: held since 2024-05-01 12:00Z by arn:aws:iam::1:user/ann: restore',
    { mapping: OFF, hold: HOLD },
  ],
])('%s is the line of status', (line, consumption) => {
  expect(consumptionLine(consumption)).toBe(line);
});
