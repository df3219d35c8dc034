import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { limiter } from '../../../lambdas/runtime/limiter.js';

test('a limiter runs as many as its limit at a time, and all of them, in order', async () => {
  const limited = limiter(3);
  const started: number[] = [];
  let running = 0;
  let most = 0;

  const results = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      limited(async () => {
        started.push(index);
        running += 1;
        most = Math.max(most, running);
        await sleep(1);
        running -= 1;
        return index;
      }),
    ),
  );

  const all = Array.from({ length: 10 }, (_, index) => index);
  expect([results, started, most]).toEqual([all, all, 3]);
});

test('a limiter gives the place of work that failed to the next', async () => {
  const limited = limiter(1);
  const failed = limited(() => Promise.reject(new Error('no')));
  const next = limited(() => Promise.resolve('next'));

  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('next');
  expect(await limited(() => Promise.resolve('later'))).toBe('later');
});
