/** Time reserved for settling the records: this share of the time at the start, and at most RESERVE_MS. */
const RESERVE_SHARE = 0.2;
const RESERVE_MS = 1_500;

/** Decides whether there is time for another record, assuming that it takes as long as the longest so far. */
export class TimeBudget {
  readonly #remainingMs: () => number;
  readonly #reserveMs: number;
  #longestMs = 0;

  constructor(remainingMs: () => number) {
    this.#remainingMs = remainingMs;
    this.#reserveMs = Math.min(RESERVE_MS, remainingMs() * RESERVE_SHARE);
  }

  get remainingMs(): number {
    return this.#remainingMs() - this.#reserveMs;
  }

  sufficesForOneMore(): boolean {
    return this.remainingMs > this.#longestMs;
  }

  /** Runs `work` and measures it. Rejects after `limitMs`, although the work itself cannot be stopped. */
  async run<T>(work: () => Promise<T>, limitMs: number): Promise<T> {
    const started = performance.now();
    try {
      return await withinTime(work(), limitMs);
    } finally {
      this.#longestMs = Math.max(this.#longestMs, performance.now() - started);
    }
  }
}

async function withinTime<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`took longer than the remaining ${Math.round(limitMs)} ms`));
    }, limitMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
