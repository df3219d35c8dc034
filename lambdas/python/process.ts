import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { errorCode } from '../runtime/error-codes.js';
import { failureOf } from '../runtime/errors.js';
import {
  AnswerSchema,
  ReadySchema,
  type Answer,
  type PythonRequest,
  type Ready,
} from './protocol.js';
import { PythonError } from './error.js';
import { eachLine } from './lines.js';
import { PrintedLines, type OnPrinted } from './printed.js';

/** What a worker process is started with. */
export interface ProcessSettings {
  /** Path or name of the Python interpreter. */
  readonly executable: string;
  /** Path of worker.py. */
  readonly script: string;
  /** Path of a file that ends with .py and has the function create_item, or `package.module:function`. */
  readonly function: string;
  /** Names of the Python classes whose exceptions are permanent. */
  readonly permanentErrors: readonly string[];
  /** Memory that Python may allocate, in MiB. Above it an allocation raises MemoryError. @default no limit */
  readonly memoryMb?: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

/** After the end of a process, its last output is waited for this long. */
const OUTPUT_MS = 100;

/**
 * A Python process that runs worker.py. It answers one request after the other; what it prints cannot be taken for an
 * answer. An ended process is not started again: PythonWorker does that. While it has nothing to do, it does not keep
 * this process from ending.
 */
export class PythonProcess {
  /** Rejects with PythonError if Python is missing, or the function cannot be imported. */
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #requests: Writable;
  readonly #printed: PrintedLines;
  #waiting: Waiting | undefined;
  #nextId = 1;
  #hasEnded = false;
  #reason: string | undefined;

  constructor(settings: ProcessSettings, onPrinted: OnPrinted) {
    const { executable, script, environment, permanentErrors, memoryMb } = settings;
    this.#child = spawn(executable, ['-u', '-X', 'faulthandler', script], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      // A process group of its own: what the package started ends with it.
      detached: true,
      env: {
        ...environment,
        WORKER: JSON.stringify({
          function: settings.function,
          permanent_errors: permanentErrors,
          memory_mb: memoryMb,
        }),
      },
    });
    this.#requests = this.#child.stdio[3] as Writable;
    this.#requests.on('error', () => undefined);
    this.#printed = new PrintedLines(this.#child, onPrinted);
    eachLine(this.#child.stdio[4] as Readable, (line) => {
      this.#settle(({ resolve }) => {
        resolve(line);
      });
    });
    this.#child.on('error', (error) => {
      this.#end(startError(executable, error));
    });
    this.#child.on('exit', (code, signal) => {
      // 'close' would wait for a program that the package left running with the same stdout.
      this.#killGroup();
      setTimeout(() => {
        this.#end(this.#endError(code, signal));
      }, OUTPUT_MS);
    });
    this.#child.on('close', (code, signal) => {
      this.#end(this.#endError(code, signal));
    });
    this.ready = this.#nextLine().then((line) => {
      checkReady(ReadySchema.parse(JSON.parse(line)));
    });
    this.ready.catch(() => undefined);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Sends one request; the one before must have been answered. Rejects with PythonError if the process ends. */
  async request(request: PythonRequest): Promise<Answer> {
    const id = this.#nextId++;
    const answer = this.#nextLine();
    this.#requests.write(`${JSON.stringify({ id, ...request })}\n`);
    const parsed = AnswerSchema.parse(JSON.parse(await answer));
    // Lines that were printed before the answer are read by then, so that they belong to this request.
    await new Promise(setImmediate);
    return parsed;
  }

  /** Ends the process and the programs that it started, at once. @param reason the error of an open request */
  kill(reason: string): void {
    if (this.#hasEnded) return;
    this.#reason ??= reason;
    this.#killGroup();
  }

  /** Lets the process end after the request that it works on. */
  close(): void {
    this.#requests.end();
  }

  /** A process that works keeps this one alive; an idle one does not. */
  async #nextLine(): Promise<string> {
    this.#keepAlive(true);
    try {
      return await new Promise<string>((resolve, reject) => {
        this.#waiting = { resolve, reject };
        if (this.#hasEnded) this.#end(new PythonError('the Python worker has ended', TRANSIENT));
      });
    } finally {
      this.#keepAlive(false);
    }
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended already, and started nothing.
    }
  }

  #settle(how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) how(waiting);
  }

  #end(error: Error): void {
    this.#hasEnded = true;
    this.#settle(({ reject }) => {
      reject(error);
    });
  }

  #endError(code: number | null, signal: NodeJS.Signals | null): PythonError {
    if (this.#reason !== undefined) return new PythonError(this.#reason, TRANSIENT);
    const how = signal ?? `exit code ${code}`;
    const last = this.#printed.decisive;
    return new PythonError(
      `the Python worker ended (${how})${last === undefined ? '' : `: ${last}`}`,
      TRANSIENT,
    );
  }

  #keepAlive(alive: boolean): void {
    const change = alive ? 'ref' : 'unref';
    this.#child[change]();
    for (const stream of this.#child.stdio) (stream as Partial<Handle> | null)?.[change]?.();
  }
}

/** A request whose answer has not come. */
interface Waiting {
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

/** Sockets have these, which the type of a stream does not say. */
interface Handle {
  ref(): void;
  unref(): void;
}

const TRANSIENT = { kind: 'transient' } as const;

function startError(executable: string, cause: Error): PythonError {
  const reason =
    errorCode(cause) === 'ENOENT' ? 'there is no such program' : failureOf(cause).message;
  return new PythonError(`Python cannot be started as ${executable}: ${reason}`, TRANSIENT);
}

function checkReady(ready: Ready): void {
  if (ready.ready) return;
  const { error } = ready;
  throw PythonError.of('the Python function cannot be imported', { ...error, permanent: false });
}
