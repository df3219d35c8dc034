import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CONFIG_KEYS } from '../../../../modules/config/fields.js';
import { suggestion, tryNearest } from '../../../../modules/config/values/nearest.js';

test.each([
  ['timeout', 'timeout_seconds'],
  ['inventory', 'inventory_location'],
  ['topic', 'sns'],
  ['memory', 'memory_mb'],
  ['secretArn', 'secret_arn'],
  ['sns-topic-arn', 'sns'],
  ['alarm_topic', 'alarm_topic_arn'],
  ['inventry_location', 'inventory_location'],
  ['ingestorurl', 'ingestor_url'],
  ['colour', undefined],
  ['', undefined],
  ['zzz', undefined],
])('[N37] the key %j is meant as %s', (word, expected) => {
  expect(tryNearest(word, CONFIG_KEYS)).toBe(expected);
});

test('[N37] nothing is suggested where nothing is near', () => {
  expect([suggestion('colour', CONFIG_KEYS), suggestion('timeout', CONFIG_KEYS)]).toEqual([
    '',
    '; did you mean timeout_seconds?',
  ]);
});

test('a candidate is nearest to itself', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1 }), fc.nat(), (candidates, index) => {
      const word = candidates[index % candidates.length] ?? '';
      expect(tryNearest(word, candidates)).toBe(word);
    }),
  );
});
