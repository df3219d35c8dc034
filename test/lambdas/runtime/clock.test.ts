import { expect, test } from '@jest/globals';
import { backoffMs, systemClock } from '../../../lambdas/runtime/clock.js';

test('a wait doubles up to its limit, and is never less than half of it', () => {
  const limits = { firstMs: 100, mostMs: 1_000 };

  for (const [attempt, most] of [100, 200, 400, 800, 1_000, 1_000].entries()) {
    const wait = backoffMs(attempt + 1, limits);
    expect(wait).toBeGreaterThanOrEqual(most / 2);
    expect(wait).toBeLessThanOrEqual(most);
  }
});

test('the clock of the system waits, and can be told to stop', async () => {
  const before = systemClock.now();
  await systemClock.sleep(20);

  expect(systemClock.now() - before).toBeGreaterThanOrEqual(18);
  await expect(systemClock.sleep(60_000, AbortSignal.abort())).rejects.toThrow('aborted');
});
