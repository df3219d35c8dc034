import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { Fifo } from '../../../local/queue/local-queue.js';

test('returns the values in the order of the pushes, like an array, for any sequence of calls', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer()), { maxLength: 5000, size: 'max' }), (calls) => {
      const fifo = new Fifo<number>();
      const model: number[] = [];
      const given: (number | undefined)[] = [];
      const expected: (number | undefined)[] = [];
      for (const call of calls) {
        if (call === null) {
          given.push(fifo.shift());
          expected.push(model.shift());
        } else {
          fifo.push(call);
          model.push(call);
        }
      }
      expect([given, fifo.length]).toEqual([expected, model.length]);
    }),
    { numRuns: 20 },
  );
});

test('keeps its order after the consumed part was removed', () => {
  const fifo = new Fifo<number>();
  for (let index = 0; index < 3000; index++) fifo.push(index);
  for (let index = 0; index < 2999; index++) expect(fifo.shift()).toBe(index);

  fifo.push(3000);

  expect([fifo.shift(), fifo.shift(), fifo.shift(), fifo.length]).toEqual([
    2999,
    3000,
    undefined,
    0,
  ]);
});
