import { systemClock, type Clock } from './clock.js';
import { failureOf } from './errors.js';

export interface Backoff {
  /** Upper bound of the first wait, in milliseconds; it doubles with each further wait. */
  readonly firstMs: number;
  /** Upper bound of every wait, in milliseconds. @default no limit */
  readonly maxMs?: number;
}

/**
 * Returns how long to wait after attempt 1, 2, ..., in milliseconds: exponential backoff with full jitter, which keeps
 * parallel callers from retrying at the same moment.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(
  attempt: number,
  { firstMs, maxMs = Infinity }: Backoff,
  random: () => number = Math.random,
): number {
  return random() * Math.min(maxMs, firstMs * 2 ** (attempt - 1));
}

export interface RetryOptions {
  /** Maximum number of calls, including the first. */
  readonly tries: number;
  /** Time by which the last wait must end, in milliseconds since the epoch. */
  readonly deadline: number;
  /** @default a first wait of at most 400 ms */
  readonly backoff?: Backoff;
  /** Whether another call can succeed. @default every error that is not permanent */
  readonly isRetryable?: (error: unknown) => boolean;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/** An error that specifies how long to wait before the next attempt, for example from a Retry-After header. */
export interface Delayed {
  readonly retryAfterMs: number;
}

const BACKOFF: Backoff = { firstMs: 400 };

/** Calls `attempt` (with 1, 2, ...) until it succeeds. Throws its last error if a retry cannot help or would be too late. */
export async function retry<T>(
  attempt: (count: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { tries, deadline, backoff = BACKOFF, clock = systemClock, random } = options;
  const { isRetryable = isTransient } = options;
  for (let count = 1; ; count += 1) {
    try {
      return await attempt(count);
    } catch (error) {
      const delay = Math.max(backoffMs(count, backoff, random), retryAfterMs(error));
      if (count >= tries || clock.now() + delay > deadline || !isRetryable(error)) throw error;
      await clock.sleep(delay);
    }
  }
}

/** Whether an error is not permanent, so that another call may succeed. */
export function isTransient(error: unknown): boolean {
  return failureOf(error).kind === 'transient';
}

function retryAfterMs(error: unknown): number {
  const asked = error instanceof Error && 'retryAfterMs' in error ? error.retryAfterMs : undefined;
  return typeof asked === 'number' ? asked : 0;
}

const DENIED_TIMEOUT_MS = 60_000;
const DENIED_BACKOFF: Backoff = { firstMs: 1_500, maxMs: 15_000 };

/** Retries `work` for up to a minute while access is denied: an IAM policy takes effect some seconds after it is created. */
export function retryWhileDenied<T>(work: () => Promise<T>, clock: Clock): Promise<T> {
  return retry(work, {
    tries: Infinity,
    deadline: clock.now() + DENIED_TIMEOUT_MS,
    backoff: DENIED_BACKOFF,
    isRetryable: isDenied,
    clock,
  });
}

function isDenied(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (/AccessDenied|is not authorized/i.test(`${cause.name} ${cause.message}`)) return true;
  }
  return false;
}

/** Returns a `Retry-After` header in milliseconds (RFC 9110 section 10.2.3: seconds or a date); 0 if it is absent or invalid. */
export function parseRetryAfter(header: string | undefined, now = Date.now()): number {
  if (header === undefined) return 0;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}

/** Runs `work` for every value, at most `limit` at a time. Resolves like Promise.allSettled, in the order of `values`. */
export async function mapLimited<T, R>(
  values: readonly T[],
  limit: number,
  work: (value: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  // The lanes share one iterator: each takes the next value when it is free.
  const queue = values.entries();
  const lane = async (): Promise<void> => {
    for (const [index, value] of queue) {
      [results[index]] = await Promise.allSettled([work(value)]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, values.length) }, lane));
  return results;
}
