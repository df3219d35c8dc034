import { PythonError } from './error.js';
import { PythonProcess, type ProcessSettings } from './process.js';
import type { PythonRequest } from './protocol.js';

export interface WorkerSettings extends ProcessSettings {
  /** Seconds that one granule may take. */
  readonly granuleSeconds: number;
  /** The worker is started again after a granule that left it with more memory in use, in MiB. @default no limit */
  readonly maxRssMb?: number | undefined;
}

/** A line that Python printed, and what it was working on; undefined while it imports the function. */
export type OnWorkerPrinted = (
  line: string,
  about: { readonly stream: 'stdout' | 'stderr'; readonly href: string | undefined },
) => void;

/** Importing large packages takes seconds on a cold container; more means that the import hangs. */
const IMPORT_SECONDS = 120;

interface Waiting {
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes Items with a Python function, one granule at a time, in a process that lives as long as this one. A process
 * that ended, hung or grew too large is replaced; the granules that wait for it are not affected.
 */
export class PythonWorker {
  readonly #settings: WorkerSettings;
  readonly #onPrinted: OnWorkerPrinted;
  #process: PythonProcess | undefined;
  /** The href of the granule that Python works on. */
  #current: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(settings: WorkerSettings, onPrinted: OnWorkerPrinted) {
    this.#settings = settings;
    this.#onPrinted = onPrinted;
  }

  /** Starts Python and the import of the function without waiting for them. Errors appear with the first granule. */
  start(): void {
    this.#live();
  }

  /**
   * Returns the Items that the function makes of a granule, as parsed JSON. Throws PythonError.
   *
   * @param subject what errors and log lines call the granule: its href
   * @param signal gives the granule up: one that waits is not started, and the process that works on it is killed
   */
  make(
    request: PythonRequest,
    { subject, signal }: { readonly subject: string; readonly signal?: AbortSignal | undefined },
  ): Promise<readonly unknown[]> {
    const mine = this.#turn.then(() => this.#makeNow(request, subject, { signal }));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /** Ends the process after the granule that it works on. */
  stop(): void {
    this.#process?.close();
    this.#process = undefined;
  }

  async #makeNow(
    request: PythonRequest,
    subject: string,
    { signal }: Waiting,
  ): Promise<readonly unknown[]> {
    if (signal?.aborted === true) throw new PythonError(notStarted(subject), TRANSIENT);
    const process = await this.#started(subject, signal);
    this.#current = subject;
    try {
      return await this.#answerOf(process, { request, subject, signal });
    } finally {
      this.#current = undefined;
    }
  }

  /** The import goes on if the granule is given up, because the next one needs it. */
  async #started(subject: string, signal: AbortSignal | undefined): Promise<PythonProcess> {
    const process = this.#live();
    const timer = setTimeout(() => {
      process.kill(`the Python function was not imported within ${IMPORT_SECONDS} s`);
    }, IMPORT_SECONDS * 1000);
    try {
      await Promise.race([process.ready, aborted(subject, signal)]);
      return process;
    } finally {
      clearTimeout(timer);
    }
  }

  async #answerOf(
    process: PythonProcess,
    { request, subject, signal }: { request: PythonRequest; subject: string } & Waiting,
  ): Promise<readonly unknown[]> {
    const { granuleSeconds, maxRssMb = Infinity } = this.#settings;
    const kill = (why: string) => () => {
      process.kill(`${subject}: ${why}, so the Python worker was killed`);
    };
    const tooLong = kill(`no Item was made within granule_seconds (${granuleSeconds} s)`);
    const givenUp = kill('the time of the invocation ran out');
    const timer = setTimeout(tooLong, granuleSeconds * 1000);
    signal?.addEventListener('abort', givenUp, { once: true });
    try {
      const { items = [], error, rss_mb: rssMb } = await process.request(request);
      if (rssMb > maxRssMb) this.stop();
      if (error !== undefined) throw PythonError.of(subject, error);
      return items;
    } catch (error) {
      throw process.hasEnded ? about(subject, error) : error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', givenUp);
    }
  }

  #live(): PythonProcess {
    if (this.#process === undefined || this.#process.hasEnded) {
      this.#process = new PythonProcess(this.#settings, (line, stream) => {
        this.#onPrinted(line, { stream, href: this.#current });
      });
    }
    return this.#process;
  }
}

const TRANSIENT = { kind: 'transient' } as const;

function notStarted(subject: string): string {
  return `${subject}: was not started, because Python worked on other granules until the time ran out`;
}

/** Puts the granule before the reason for which a process ended. */
function about(subject: string, error: unknown): unknown {
  if (!(error instanceof PythonError) || error.message.startsWith(subject)) return error;
  return new PythonError(`${subject}: ${error.message}`, TRANSIENT);
}

/** Rejects when the signal is aborted. */
function aborted(subject: string, signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener(
      'abort',
      () => {
        reject(
          new PythonError(
            `${subject}: the Python function was not imported before the time of the invocation ran out`,
            TRANSIENT,
          ),
        );
      },
      { once: true },
    );
  });
}
