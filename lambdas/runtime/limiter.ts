/** Runs work immediately, or as soon as fewer than the limit are running. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

/** Returns a function that runs at most `limit` pieces of work at a time; the others wait in the order of the calls. */
export function limiter(limit: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < limit) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The next piece of work takes over the place.
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
