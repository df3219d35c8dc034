import { expect, test } from '@jest/globals';
import { systemClock } from '../../../lambdas/runtime/clock.js';

test('the system clock waits, and stops when the signal is aborted', async () => {
  const before = systemClock.now();
  await systemClock.sleep(20);

  expect(systemClock.now() - before).toBeGreaterThanOrEqual(18);
  await expect(systemClock.sleep(60_000, AbortSignal.abort())).rejects.toThrow('aborted');
});
