import { backoffMs, type Clock } from './clock.js';

const PATIENCE_MS = 60_000;

/** Runs `work` again for up to a minute while it is denied: a policy made seconds ago may not be in force yet. */
export async function onceAllowed<T>(work: () => Promise<T>, clock: Clock): Promise<T> {
  const deadline = clock.now() + PATIENCE_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const delay = backoffMs(attempt, { firstMs: 1_000, mostMs: 10_000 });
      if (!isDenied(error) || clock.now() + delay > deadline) throw error;
      await clock.sleep(delay);
    }
  }
}

function isDenied(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (/AccessDenied|is not authorized/i.test(`${cause.name} ${cause.message}`)) return true;
  }
  return false;
}
