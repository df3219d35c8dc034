import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { INVENTORY } from './support/stacks/config-folder.js';
import { synthesize } from './support/stacks/stack-kit.js';

/** A pipeline with everything that has an alarm. */
const { resource } = synthesize({
  ...INVENTORY,
  sns: 'arn:aws:sns:eu-central-1:123456789012:new-granules',
  verify_ingestion: 'true',
  max_silence_minutes: '60',
});

test('docs/operate.md explains every alarm that a stack can have', () => {
  const page = readFileSync('docs/operate.md', 'utf8');
  const alarms = Object.values(resource['aws_cloudwatch_metric_alarm'] ?? {});
  const subjects = alarms.map(({ alarm_name }) => String(alarm_name).replace(/^.*\./, ''));

  expect(subjects).toHaveLength(23);
  expect(subjects.filter((subject) => !page.includes(`\`${subject}\``))).toEqual([]);
});
