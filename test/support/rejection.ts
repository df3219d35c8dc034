import { failureOf, type Failure } from '../../lambdas/runtime/errors.js';

/** The failure that a promise is rejected with, as a batch would record it. */
export async function rejection(work: Promise<unknown>): Promise<Failure> {
  return failureOf(
    await work.then(
      () => 'no failure',
      (error: unknown) => error,
    ),
  );
}
