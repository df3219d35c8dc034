import { describe, expect, test } from '@jest/globals';
import { CONFIG_FIELDS } from '../../../modules/config/fields.js';
import { fieldSchema } from '../../../modules/config/fields/types.js';
import { INVENTORY, configOf, faultsOf } from '../../support/stacks/config-folder.js';

describe('numbers', () => {
  test.each(['', '""', '" "', 'true', '[]', '{}', '1.5', '-1', '8761', '0x10h', '.inf', '1e400'])(
    '[H11] historic_frequency: %s is refused, never taken for 0 or 1',
    (value) => {
      const faults = faultsOf({ ...INVENTORY, historic_frequency: value });

      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatch(
        /^historic_frequency: (must be a whole number of hours from 0|has no value)/,
      );
    },
  );

  test('[H11] digits in quotes are a number', () => {
    expect(configOf({ ...INVENTORY, historic_frequency: '"0"' }).historic_frequency).toBe(0);
  });

  test.each(['*/60 * * * ? *', '0 6 * * *', '? * -1', 'rate(1 hour)'])(
    '[F19] historic_frequency: %s is refused: hours are the only schedule',
    (value) => {
      expect(faultsOf({ ...INVENTORY, historic_frequency: `"${value}"` })).toEqual([
        `historic_frequency: must be a whole number of hours from 0 to 8760 (given ${value})`,
      ]);
    },
  );

  test.each(['1', '0', '1001', '"5x"'])(
    '[B11] max_concurrency: %s is refused with its range',
    (value) => {
      expect(faultsOf({ max_concurrency: value })[0]).toMatch(
        /^max_concurrency: must be a whole number of concurrent batches from 2 to 1000 \(given /,
      );
    },
  );

  test('[B11] max_concurrency: "5" is the number 5', () => {
    expect(configOf({ max_concurrency: '"5"' }).max_concurrency).toBe(5);
  });

  test.each([
    ['batch_size', 1, 1000],
    ['batch_window_seconds', 0, 300],
    ['max_concurrency', 2, 1000],
    ['timeout_seconds', 1, 900],
    ['memory_mb', 128, 10_240],
    ['retry_delay_seconds', 0, 900],
    ['max_age_minutes', 1, 10_079],
    ['max_silence_minutes', 10, 10_080],
    ['max_scan_gb', 1, 1_000_000],
    ['max_queue_depth', 1, 1_000_000_000],
    ['historic_frequency', 0, 8760],
  ] as const)('%s is from %d to %d', (key, min, max) => {
    const schema = fieldSchema(CONFIG_FIELDS[key]);

    expect([min - 1, min, max, max + 1].map((value) => schema.safeParse(value).success)).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('log_retention_days is a value that CloudWatch accepts', () => {
    expect(configOf({ log_retention_days: '"365"' }).log_retention_days).toBe(365);
    expect(faultsOf({ log_retention_days: '8' })[0]).toMatch(
      /must be one of 1, 3, 5, .* \(given 8\)$/,
    );
  });
});

describe('requester_pays', () => {
  test.each([
    ['true', true],
    ['"true"', true],
    ['false', false],
    ['"false"', false],
  ])('[H10] %s is %s', (value, expected) => {
    expect(configOf({ requester_pays: value }).requester_pays).toBe(expected);
  });

  test.each(['yes', '1', '"False "', '[]'])('[H10] %s is refused', (value) => {
    expect(faultsOf({ requester_pays: value })[0]).toMatch(
      /^requester_pays: must be true or false/,
    );
  });
});
