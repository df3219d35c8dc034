import { setTimeout as sleep } from 'node:timers/promises';
import { failureOf } from './errors.js';

export interface RetryOptions {
  /** Calls at most, the first one included. */
  readonly tries: number;
  /** No further call is started when its wait would end later than this, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly firstDelayMs?: number;
  readonly wait?: (ms: number) => Promise<unknown>;
  readonly now?: () => number;
  readonly random?: () => number;
}

/** An error that says how long its sender wants to be left alone. */
export interface Delayed {
  readonly retryAfterMs: number;
}

/** Calls `attempt` again after a transient failure, with exponential backoff and full jitter; throws its last error. */
export async function retrying<T>(
  attempt: (count: number) => Promise<T>,
  {
    tries,
    deadline,
    firstDelayMs = 200,
    wait = sleep,
    now = Date.now,
    random = Math.random,
  }: RetryOptions,
): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt(count);
    } catch (error) {
      const delay = Math.max(random() * firstDelayMs * 2 ** count, retryAfterMs(error));
      const last = count >= tries || now() + delay > deadline;
      if (last || failureOf(error).kind === 'permanent') throw error;
      await wait(delay);
    }
  }
}

function retryAfterMs(error: unknown): number {
  const asked = error instanceof Error && 'retryAfterMs' in error ? error.retryAfterMs : undefined;
  return typeof asked === 'number' ? asked : 0;
}

/** `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110 section 10.2.3); 0 where there is none. */
export function parseRetryAfter(header: string | undefined, now = Date.now()): number {
  if (header === undefined) return 0;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}

/** Runs `work` on every value, at most `limit` at once, and settles all: as Promise.allSettled, in the order of values. */
export async function settleLimited<T, R>(
  values: readonly T[],
  limit: number,
  work: (value: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  const queue = values.entries();
  const lane = async (): Promise<void> => {
    // One iterator shared by the lanes: each takes the next value when it is free.
    for (const [index, value] of queue) {
      results[index] = await settle(work(value));
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, values.length) }, lane));
  return results;
}

async function settle<R>(promise: Promise<R>): Promise<PromiseSettledResult<R>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}
