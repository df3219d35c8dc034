import { expect, test } from '@jest/globals';
import { onceAllowed } from '../../../lambdas/runtime/policy-patience.js';
import { FakeClock } from '../../support/backfill/collaborators.js';

function denial(): Error {
  const cause = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  return new Error('table: cannot be read', { cause });
}

test('a denial is waited out, even one that is the cause of another error', async () => {
  let calls = 0;

  const value = await onceAllowed(() => {
    calls += 1;
    return calls < 4 ? Promise.reject(denial()) : Promise.resolve('done');
  }, new FakeClock());

  expect([value, calls]).toEqual(['done', 4]);
});

test('a denial that stays is thrown within a minute', async () => {
  const clock = new FakeClock();
  const start = clock.now();

  await expect(onceAllowed(() => Promise.reject(denial()), clock)).rejects.toThrow(
    'table: cannot be read',
  );
  expect(clock.now() - start).toBeGreaterThan(30_000);
  expect(clock.now() - start).toBeLessThanOrEqual(60_000);
});

test('another error is thrown at once', async () => {
  const clock = new FakeClock();
  const start = clock.now();

  await expect(onceAllowed(() => Promise.reject(new Error('wrong')), clock)).rejects.toThrow(
    'wrong',
  );
  expect(clock.now()).toBe(start);
});

test('what is denied in other words is waited out as well', async () => {
  for (const denied of [new Error('x is not authorized to do y'), new Error('AccessDenied')]) {
    let calls = 0;
    const work = () => ((calls += 1) < 2 ? Promise.reject(denied) : Promise.resolve('done'));

    expect(await onceAllowed(work, new FakeClock())).toBe('done');
  }
});
