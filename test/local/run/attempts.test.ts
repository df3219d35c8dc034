import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { Attempt } from '../../../local/container/protocol.js';
import { AttemptCorrections } from '../../../local/run/attempts.js';

/** The counts of all attempts with the corrections, as in the summary of a run. */
function countsOf(attempts: readonly Attempt[]) {
  const corrections = new AttemptCorrections();
  for (const attempt of attempts) corrections.take(attempt);
  const sum = (lists: readonly (readonly string[])[]) => lists.flat().length;
  return {
    made: sum(attempts.map(({ made }) => made)) + corrections.made,
    posted: sum(attempts.map(({ posted }) => posted)) + corrections.posted,
  };
}

/** The name of each Item is one character. */
function attempt(made: string, posted: string, more: Partial<Attempt> = {}): Attempt {
  return { messageId: 'm', made: namesIn(made), posted: namesIn(posted), isLast: false, ...more };
}

const namesIn = (text: string): string[] => text.match(/./g) ?? [];
const last = { isLast: true };

test.each<[string, Attempt[], object]>([
  [
    'whose posts failed at first',
    [attempt('a', ''), attempt('a', 'a', last)],
    { made: 1, posted: 1 },
  ],
  ['that failed for good', [attempt('a', ''), attempt('a', '', last)], { made: 1, posted: 0 }],
  [
    'with two Items, one of which failed at first',
    [attempt('ab', 'a'), attempt('ab', 'ab', last)],
    { made: 2, posted: 2 },
  ],
  [
    'whose second attempt made less',
    [attempt('ab', 'ab'), attempt('b', '', last)],
    { made: 2, posted: 2 },
  ],
  ['that is not done yet', [attempt('a', ''), attempt('a', '')], { made: 1, posted: 0 }],
  [
    'among others with the same Item',
    [
      attempt('a', ''),
      attempt('a', '', { messageId: 'n' }),
      attempt('a', 'a', last),
      attempt('a', 'a', { isLast: true, messageId: 'n' }),
    ],
    { made: 2, posted: 2 },
  ],
])('[N21] the Items of a message %s count once', (_, attempts, counts) => {
  expect(countsOf(attempts)).toEqual(counts);
});

test('[N21] any order of attempts counts each Item of a message once', () => {
  const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'));
  const one = fc.record({ messageId: fc.constantFrom('m', 'n'), made: ids, posted: ids });
  fc.assert(
    fc.property(fc.array(one), (attempts) => {
      const distinct = (name: 'made' | 'posted') =>
        new Set(attempts.flatMap((each) => each[name].map((id) => `${each.messageId} ${id}`))).size;

      expect(countsOf(attempts.map((each) => ({ ...each, isLast: false })))).toEqual({
        made: distinct('made'),
        posted: distinct('posted'),
      });
    }),
  );
});
