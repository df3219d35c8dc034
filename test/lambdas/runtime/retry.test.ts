import { describe, expect, test } from '@jest/globals';
import { ReadError, type FailureKind } from '../../../lambdas/runtime/errors.js';
import { parseRetryAfter, retrying, settleLimited } from '../../../lambdas/runtime/retry.js';

function failure(message: string, kind: FailureKind = 'transient') {
  return new ReadError(message, { href: 'x', kind });
}

/** Runs an attempt that always fails with `error`; time passes only in waits. */
async function failing(error: Error, { tries = 3, deadline = 1e9, random = 1 } = {}) {
  const waits: number[] = [];
  const counts: number[] = [];
  let time = 0;
  const thrown: unknown = await retrying(
    (count) => {
      counts.push(count);
      return Promise.reject(error);
    },
    {
      tries,
      deadline,
      firstDelayMs: 100,
      now: () => time,
      random: () => random,
      wait: (ms) => {
        waits.push(ms);
        time += ms;
        return Promise.resolve();
      },
    },
  ).catch((reason: unknown) => reason);
  return { waits, counts, thrown };
}

describe('retrying', () => {
  test('calls again after a transient failure and gives what comes of it', async () => {
    const value = await retrying(
      (count) => (count < 3 ? Promise.reject(failure('busy')) : Promise.resolve(`call ${count}`)),
      { tries: 3, deadline: Date.now() + 60_000, firstDelayMs: 1 },
    );

    expect(value).toBe('call 3');
  });

  test('waits twice as long each time, by a random share of it', async () => {
    expect((await failing(failure('busy'), { tries: 4 })).waits).toEqual([200, 400, 800]);
    expect((await failing(failure('busy'), { tries: 4, random: 0.5 })).waits).toEqual([
      100, 200, 400,
    ]);
  });

  test('throws the last error after the allowed calls', async () => {
    const error = failure('busy');
    const { counts, thrown } = await failing(error, { tries: 2 });

    expect(counts).toEqual([1, 2]);
    expect(thrown).toBe(error);
  });

  test('calls once where the failure is permanent', async () => {
    expect((await failing(failure('gone', 'permanent'))).counts).toEqual([1]);
  });

  test.each([undefined, null, 'text'])(
    'takes %p, which is no error, for transient',
    async (thrown) => {
      expect(await failing(thrown as never)).toMatchObject({ counts: [1, 2, 3], thrown });
    },
  );

  test('takes an error that nobody foresaw for transient', async () => {
    expect((await failing(new TypeError('x'))).counts).toHaveLength(3);
    expect((await failing('a text' as unknown as Error)).counts).toHaveLength(3);
  });

  test('begins no wait that would end behind the deadline', async () => {
    expect((await failing(failure('busy'), { deadline: 200 })).waits).toEqual([200]);
    expect((await failing(failure('busy'), { deadline: 199 })).waits).toEqual([]);
  });

  test('waits as long as the error asks for, where that is longer', async () => {
    const asking = (retryAfterMs: unknown) => Object.assign(failure('busy'), { retryAfterMs });

    expect((await failing(asking(5_000), { tries: 2 })).waits).toEqual([5_000]);
    expect((await failing(asking(1), { tries: 2 })).waits).toEqual([200]);
    expect((await failing(asking('soon'), { tries: 2 })).waits).toEqual([200]);
  });

  test('gives up at once when the error asks for longer than there is', async () => {
    const error = Object.assign(failure('busy'), { retryAfterMs: 5_000 });

    expect((await failing(error, { deadline: 4_999 })).counts).toEqual([1]);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2024-01-01T00:00:00Z');

  test.each([
    [undefined, 0],
    ['0', 0],
    ['7', 7_000],
    ['120', 120_000],
    ['12x', 0],
    ['x12', 0],
    ['soon', 0],
    ['Mon, 01 Jan 2024 00:00:30 GMT', 30_000],
    ['Sun, 31 Dec 2023 23:59:30 GMT', 0],
  ])('%s is %d ms', (header, milliseconds) => {
    expect(parseRetryAfter(header, now)).toBe(milliseconds);
  });
});

describe('settleLimited', () => {
  test('settles all in the order of the values, whatever rejects', async () => {
    const results = await settleLimited([3, 1, 2], 2, async (value) => {
      await new Promise((resolve) => setTimeout(resolve, value));
      if (value === 1) throw new Error('one');
      return value * 10;
    });

    expect(results).toEqual([
      { status: 'fulfilled', value: 30 },
      { status: 'rejected', reason: new Error('one') },
      { status: 'fulfilled', value: 20 },
    ]);
  });

  test.each([
    [3, 10, 3],
    [20, 4, 4],
    [0, 0, 0],
  ])('has at most %d at once of %d values: %d', async (limit, count, most) => {
    let [underWay, seen] = [0, 0];

    const results = await settleLimited(Array.from({ length: count }), limit, async () => {
      seen = Math.max(seen, (underWay += 1));
      await Promise.resolve();
      underWay -= 1;
    });

    expect([results.length, seen]).toEqual([count, most]);
  });
});
