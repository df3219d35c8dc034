import { describe, expect, test } from '@jest/globals';
import { parseInitialChunk } from '../../../../modules/config/values/initial-chunk.js';

describe('parseInitialChunk', () => {
  test.each([
    ['2022-04-20', '2022-04-20'],
    ['2022-4-20', '2022-04-20'],
    ['2022-4-2', '2022-04-02'],
    ['2024-02-29', '2024-02-29'],
    ['0099-01-01', '0099-01-01'],
  ])('%s is the day %s', (value, day) => {
    expect(parseInitialChunk(value)).toBe(day);
  });

  test.each(['2022-13-01', '2022-02-30', '2023-02-29', '2022-00-10', '2022-04-0', '2022-99-99'])(
    '%s looks like a date but is refused',
    (value) => {
      expect(() => parseInitialChunk(value)).toThrow(
        'looks like a date, but the calendar does not have this day',
      );
    },
  );

  test.each(['N50E010', '2022', '2022-04', 'GRD/2022/4/', '2022-04-20T00:00:00Z'])(
    '%s is left as it is',
    (value) => {
      expect(parseInitialChunk(value)).toBe(value);
    },
  );
});
