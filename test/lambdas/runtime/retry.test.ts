import { describe, expect, test } from '@jest/globals';
import { ReadError, type FailureKind } from '../../../lambdas/runtime/errors.js';
import {
  backoffMs,
  mapLimited,
  parseRetryAfter,
  retry,
  retryWhileDenied,
} from '../../../lambdas/runtime/retry.js';
import { FakeClock } from '../../support/backfill/collaborators.js';

function failure(message: string, kind: FailureKind = 'transient') {
  return new ReadError(message, { href: 'x', kind });
}

/** Runs an attempt that always fails with `error`; time passes only in waits. */
async function failing(error: Error, { tries = 3, deadline = 1e9, random = 1 } = {}) {
  const waits: number[] = [];
  const counts: number[] = [];
  let time = 0;
  const thrown: unknown = await retry(
    (count) => {
      counts.push(count);
      return Promise.reject(error);
    },
    {
      tries,
      deadline,
      backoff: { firstMs: 200 },
      random: () => random,
      clock: {
        now: () => time,
        sleep: (ms) => {
          waits.push(ms);
          time += ms;
          return Promise.resolve();
        },
      },
    },
  ).catch((reason: unknown) => reason);
  return { waits, counts, thrown };
}

describe('backoffMs', () => {
  const wait = (attempt: number, random: number) =>
    backoffMs(attempt, { firstMs: 100, maxMs: 1_000 }, () => random);

  test('doubles its upper bound up to the maximum', () => {
    const waits = [1, 2, 3, 4, 5, 6].map((attempt) => wait(attempt, 1));

    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  test('applies jitter to the whole wait', () => {
    expect([wait(3, 0), wait(3, 0.5), wait(9, 0.25)]).toEqual([0, 200, 250]);
    expect(backoffMs(1, { firstMs: 100 })).toBeLessThan(100);
  });

  test('has no maximum unless one is set', () => {
    expect(backoffMs(11, { firstMs: 100 }, () => 1)).toBe(102_400);
  });
});

describe('retry', () => {
  test('calls again after a transient failure and returns the result', async () => {
    const value = await retry(
      (count) => (count < 3 ? Promise.reject(failure('busy')) : Promise.resolve(`call ${count}`)),
      { tries: 3, deadline: Date.now() + 60_000, backoff: { firstMs: 1 } },
    );

    expect(value).toBe('call 3');
  });

  test('doubles the wait each time, with full jitter', async () => {
    expect((await failing(failure('busy'), { tries: 4 })).waits).toEqual([200, 400, 800]);
    expect((await failing(failure('busy'), { tries: 4, random: 0.5 })).waits).toEqual([
      100, 200, 400,
    ]);
  });

  test('throws the last error after the maximum number of calls', async () => {
    const error = failure('busy');
    const { counts, thrown } = await failing(error, { tries: 2 });

    expect(counts).toEqual([1, 2]);
    expect(thrown).toBe(error);
  });

  test('calls once if the failure is permanent', async () => {
    expect((await failing(failure('gone', 'permanent'))).counts).toEqual([1]);
  });

  test.each([undefined, null, 'text'])(
    'treats %p, which is not an error, as transient',
    async (thrown) => {
      expect(await failing(thrown as never)).toMatchObject({ counts: [1, 2, 3], thrown });
    },
  );

  test('treats an unexpected error as transient', async () => {
    expect((await failing(new TypeError('x'))).counts).toHaveLength(3);
    expect((await failing('a text' as unknown as Error)).counts).toHaveLength(3);
  });

  test('starts no wait that would end after the deadline', async () => {
    expect((await failing(failure('busy'), { deadline: 200 })).waits).toEqual([200]);
    expect((await failing(failure('busy'), { deadline: 199 })).waits).toEqual([]);
  });

  test('waits as long as the error asks for, if that is longer', async () => {
    const asking = (retryAfterMs: unknown) => Object.assign(failure('busy'), { retryAfterMs });

    expect((await failing(asking(5_000), { tries: 2 })).waits).toEqual([5_000]);
    expect((await failing(asking(1), { tries: 2 })).waits).toEqual([200]);
    expect((await failing(asking('soon'), { tries: 2 })).waits).toEqual([200]);
  });

  test('gives up immediately if the error asks for a wait beyond the deadline', async () => {
    const error = Object.assign(failure('busy'), { retryAfterMs: 5_000 });

    expect((await failing(error, { deadline: 4_999 })).counts).toEqual([1]);
  });

  test('lets the caller decide which errors are worth a retry', async () => {
    let calls = 0;
    const attempt = () => {
      calls += 1;
      return Promise.reject(calls === 1 ? failure('again', 'permanent') : failure('stop'));
    };
    const clock = new FakeClock();
    const isRetryable = (error: unknown) => error instanceof Error && error.message === 'again';

    const retried = retry(attempt, { tries: 5, deadline: Infinity, clock, isRetryable });

    await expect(retried).rejects.toThrow('stop');
    expect(calls).toBe(2);
  });
});

describe('retryWhileDenied', () => {
  function denial(): Error {
    const cause = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    return new Error('table: cannot be read', { cause });
  }

  test('retries while access is denied, even if the denial is the cause of another error', async () => {
    let calls = 0;

    const value = await retryWhileDenied(() => {
      calls += 1;
      return calls < 4 ? Promise.reject(denial()) : Promise.resolve('done');
    }, new FakeClock());

    expect([value, calls]).toEqual(['done', 4]);
  });

  test('throws a denial that lasts, within a minute', async () => {
    const clock = new FakeClock();
    const start = clock.now();

    await expect(retryWhileDenied(() => Promise.reject(denial()), clock)).rejects.toThrow(
      'table: cannot be read',
    );
    expect(clock.now() - start).toBeGreaterThan(30_000);
    expect(clock.now() - start).toBeLessThanOrEqual(60_000);
  });

  test('throws any other error immediately', async () => {
    const clock = new FakeClock();
    const start = clock.now();

    await expect(retryWhileDenied(() => Promise.reject(new Error('wrong')), clock)).rejects.toThrow(
      'wrong',
    );
    expect(clock.now()).toBe(start);
  });

  test.each(['x is not authorized to do y', 'AccessDenied'])('also retries "%s"', async (text) => {
    let calls = 0;
    const work = () =>
      (calls += 1) < 2 ? Promise.reject(new Error(text)) : Promise.resolve('done');

    expect(await retryWhileDenied(work, new FakeClock())).toBe('done');
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

describe('mapLimited', () => {
  test('returns the settled results in the order of the values', async () => {
    const results = await mapLimited([3, 1, 2], 2, async (value) => {
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
  ])('runs at most %d at a time for %d values: %d', async (limit, count, most) => {
    let [underWay, seen] = [0, 0];

    const results = await mapLimited(Array.from({ length: count }), limit, async () => {
      seen = Math.max(seen, (underWay += 1));
      await Promise.resolve();
      underWay -= 1;
    });

    expect([results.length, seen]).toEqual([count, most]);
  });
});
