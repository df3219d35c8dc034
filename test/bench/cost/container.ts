import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { startLimited, type LimitedCommand } from './process-limit.js';

/** One MB of memory brings this share of a processor, the same on both sides.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MB_OF_ONE_PROCESSOR = 1769;

export interface ContainerProps extends Omit<LimitedCommand, 'share'> {
  readonly memoryMb: number;
}

interface Result {
  readonly milliseconds: number;
  readonly failed: number;
}

/** A function in one process that gets the share of a processor that its memory brings. */
export class Container {
  readonly limitedBy: 'cgroup' | 'signals';
  readonly #child: ChildProcess;
  readonly #results: AsyncIterator<string>;
  #logBytes = 0;

  constructor({ memoryMb, ...command }: ContainerProps) {
    const share = Math.min(1, memoryMb / MB_OF_ONE_PROCESSOR);
    const { child, by } = startLimited({ ...command, share });
    this.limitedBy = by;
    this.#child = child;
    const input = child.stdio[3] as Readable;
    this.#results = createInterface({ input })[Symbol.asyncIterator]();
    child.stdout?.on('data', (chunk: Buffer) => (this.#logBytes += chunk.length));
  }

  /** Bytes that the function has logged so far. */
  get logBytes(): number {
    return this.#logBytes;
  }

  /** Waits until the code is loaded. */
  async ready(): Promise<void> {
    await this.#next();
  }

  /** Returns the duration of the invocation in milliseconds. Throws if a record failed. */
  async invoke(event: object): Promise<number> {
    this.#child.stdin?.write(`${JSON.stringify(event)}\n`);
    const { milliseconds, failed } = await this.#next();
    if (failed > 0) throw new Error(`${failed} records of the bench failed`);
    return milliseconds;
  }

  async end(): Promise<void> {
    this.#child.stdin?.end();
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
  }

  async #next(): Promise<Result> {
    const result = await this.#results.next();
    if (result.done === true) {
      throw new Error('the process of the function ended; its stderr is above');
    }
    return JSON.parse(result.value) as Result;
  }
}
