import { setTimeout as wait } from 'node:timers/promises';

/** Time as a collaborator, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects when `signal` is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) => wait(ms, undefined, signal === undefined ? {} : { signal }),
};

/** A wait that doubles with each attempt (1, 2, ...) up to a limit; jitter keeps parallel callers apart. */
export function backoffMs(attempt: number, { firstMs, mostMs }: BackoffLimits): number {
  const ceiling = Math.min(mostMs, firstMs * 2 ** (attempt - 1));
  return ceiling * (0.5 + Math.random() / 2);
}

export interface BackoffLimits {
  readonly firstMs: number;
  readonly mostMs: number;
}
