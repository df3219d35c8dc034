import { describe, expect, test } from '@jest/globals';

import { faultPlan, noFaults, seededRandom } from '../../../local/http/faults.js';

const post = { method: 'POST', path: '/ingestions' };
const get = { method: 'GET', path: '/ingestions' };

describe('a plan of faults', () => {
  test('has no faults without rules', () => {
    expect(noFaults(post)).toBeUndefined();
    expect(faultPlan([])(post)).toBeUndefined();
  });

  test('affects the given number of requests that match its condition', () => {
    const plan = faultPlan([
      { fault: { kind: 'reset' }, first: 2, when: ({ method }) => method === 'POST' },
    ]);

    const struck = [post, get, post, post].map((request) => plan(request)?.fault.kind);

    expect(struck).toEqual(['reset', undefined, 'reset', undefined]);
  });

  test('applies the first matching rule, and tells whether the request is still processed', () => {
    const plan = faultPlan([
      { fault: { kind: 'hang' }, first: 1, afterwards: true },
      { fault: { kind: 'status', status: 503 } },
    ]);

    expect(plan(post)).toEqual({ fault: { kind: 'hang' }, afterwards: true });
    expect(plan(post)).toEqual({ fault: { kind: 'status', status: 503 }, afterwards: false });
  });

  test('affects requests with its probability, and the same ones for the same seed', () => {
    const draw = (seed: number) => {
      const plan = faultPlan([{ fault: { kind: 'half' }, probability: 0.1 }], seed);
      return Array.from({ length: 10_000 }, () => plan(post) !== undefined);
    };

    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    const share = draw(7).filter(Boolean).length / 10_000;
    expect(share).toBeGreaterThan(0.09);
    expect(share).toBeLessThan(0.11);
  });
});

test('seeded numbers are in [0, 1)', () => {
  const random = seededRandom(1);
  const drawn = Array.from({ length: 1000 }, random);

  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...drawn)).toBeLessThan(1);
});
