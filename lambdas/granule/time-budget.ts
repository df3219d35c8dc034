import { PipelineError, type Failure } from '../runtime/errors.js';
import { within } from '../runtime/within.js';

/** Time reserved for settling the records, and the most that it may take of the time at the start. */
const RESERVE_MS = 1_500;
const RESERVE_SHARE = 0.2;
/** Measured: a record takes 1.6 ms with 512 MB of memory and 7.5 ms with 128 MB, in batches of ten. */
const RESERVE_MS_PER_RECORD = 8;
/** The reserve of a large batch may take more: without it, all of its messages would be processed again. */
const LARGE_BATCH = 100;
const LARGE_RESERVE_SHARE = 0.5;

/** The two parts of the work on a record: creating its Items, and posting them. */
export type Task = 'make' | 'post';

const NAMES: Readonly<Record<Task, string>> = { make: 'creating', post: 'posting' };

interface Measured {
  longestMs: number;
  givenUp: number;
}

/**
 * Decides whether there is time for another piece of work, assuming that it takes as long as the longest of the same
 * task so far. Work that was given up does not count, because a read that hung does not predict the next one.
 */
export class TimeBudget {
  readonly #remainingMs: () => number;
  readonly #reserveMs: number;
  readonly #measured: Readonly<Record<Task, Measured>> = {
    make: { longestMs: 0, givenUp: 0 },
    post: { longestMs: 0, givenUp: 0 },
  };

  constructor(remainingMs: () => number, records = 1) {
    this.#remainingMs = remainingMs;
    const share = records > LARGE_BATCH ? LARGE_RESERVE_SHARE : RESERVE_SHARE;
    const wanted = Math.max(RESERVE_MS, records * RESERVE_MS_PER_RECORD);
    this.#reserveMs = Math.min(wanted, remainingMs() * share);
  }

  get remainingMs(): number {
    return this.#remainingMs() - this.#reserveMs;
  }

  /** Whether `share` of the remaining time is enough for another piece of the task. */
  suffices(task: Task, share = 1): boolean {
    return this.remainingMs * share > this.#measured[task].longestMs;
  }

  /** Runs `work` and measures it, unless it was given up. */
  async measure<T>(task: Task, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const measured = this.#measured[task];
    let givenUp = false;
    try {
      return await work();
    } catch (error) {
      givenUp = error instanceof GivenUpError;
      throw error;
    } finally {
      if (givenUp) measured.givenUp += 1;
      else measured.longestMs = Math.max(measured.longestMs, performance.now() - started);
    }
  }

  /** The failure of a message that the function had no time for: what used up the time, and what to do. */
  outOfTime(task: Task): Failure {
    return {
      kind: 'transient',
      name: 'OutOfTime',
      message: `the function had no time left for ${NAMES[task]} the Item: ${this.#cause(task)}`,
    };
  }

  #cause(task: Task): string {
    const givenUp = this.#measured.make.givenUp + this.#measured.post.givenUp;
    if (givenUp > 0) {
      return (
        `${givenUp} granules or posts of its batch took so long that they were given up; their own reasons say why, ` +
        'and increasing timeout_seconds does not help if they hung'
      );
    }
    const { longestMs } = this.#measured[task];
    const longest =
      longestMs === 0 ? '' : `${NAMES[task]} one takes up to ${Math.round(longestMs)} ms, `;
    return `${longest}increase timeout_seconds or decrease batch_size`;
  }
}

/** The name of the error of work that was given up. */
export const GIVEN_UP = 'GivenUp';

/** Thrown when work was given up because it took too long. Transient: the next receive has the whole time again. */
class GivenUpError extends PipelineError {
  override readonly name = GIVEN_UP;

  constructor(message: string) {
    super(message, { kind: 'transient' });
  }
}

/** Rejects with GivenUpError after `limitMs`, although the work itself is not stopped. `reason` becomes its message. */
export async function withinTime<T>(
  work: () => Promise<T>,
  limitMs: number,
  reason: () => string,
): Promise<T> {
  if (limitMs <= 0) throw new GivenUpError(reason());
  return within(limitMs, work(), () => {
    throw new GivenUpError(reason());
  });
}
