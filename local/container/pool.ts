import { Worker } from 'node:worker_threads';

import type { SQSRecord } from 'aws-lambda';

import type { ContainerSettings, FromContainer, ToContainer } from './protocol.js';
import { answerTokenRequest, memoryTokenStore } from './shared-token.js';

/** What containers tell while they work. */
export type ContainerReport = Exclude<
  FromContainer,
  { readonly type: 'ready' | 'result' | 'function-error' | 'token' }
>;

export interface ContainerPoolOptions {
  /** JavaScript of container.ts: a worker thread knows no TypeScript. */
  readonly containerFile: string;
  readonly settings: ContainerSettings;
  readonly onReport: (report: ContainerReport) => void;
  /** What a bundle prints belongs neither on stdout nor among the progress. */
  readonly onOutput?: (text: string) => void;
}

/** Thrown when a container died, or did not answer in time: no record of its batch is acknowledged. */
export class ContainerError extends Error {
  override readonly name = 'ContainerError';
}

/** A Lambda container in a worker thread; a new thread takes its place when it dies. */
export class Container {
  private worker: Worker | undefined;

  constructor(
    private readonly options: ContainerPoolOptions,
    private readonly token = memoryTokenStore(),
  ) {}

  /** @returns ids of the messages that were not acknowledged. Throws ContainerError. */
  async invoke(records: readonly SQSRecord[]): Promise<readonly string[]> {
    const worker = (this.worker ??= await this.start());
    const { timeoutSeconds } = this.options.settings;
    try {
      return await new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new ContainerError(`the function timed out after ${timeoutSeconds} s`));
        }, timeoutSeconds * 1000);
        const settle = (message: FromContainer): void => {
          if (message.type === 'result') resolve(message.failedIds);
          else if (message.type === 'function-error') reject(new ContainerError(message.message));
          else return;
          clearTimeout(timer);
          worker.off('message', settle);
          worker.off('exit', died);
        };
        const died = (): void => {
          clearTimeout(timer);
          reject(new ContainerError('the container died'));
        };
        worker.on('message', settle);
        worker.once('exit', died);
        worker.postMessage({ type: 'invoke', records } satisfies ToContainer);
      });
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    await worker?.terminate();
  }

  private async start(): Promise<Worker> {
    const { containerFile, settings, onOutput } = this.options;
    const { memoryMb } = settings;
    const worker = new Worker(containerFile, {
      workerData: settings,
      stdout: true,
      stderr: true,
      // Of the parent's flags none is for the bundle (tsx, jest).
      execArgv: [],
      ...(memoryMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memoryMb } }),
    });
    for (const stream of [worker.stdout, worker.stderr]) {
      stream.on('data', (chunk: Buffer) => onOutput?.(chunk.toString()));
    }
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.on('message', (message: FromContainer) => {
        if (message.type === 'ready') resolve();
        else this.report(worker, message);
      });
    });
    // An error after the start shows as an exit, to whoever waits for a result.
    worker.on('error', (error) => onOutput?.(`${String(error)}\n`));
    return worker;
  }

  private report(worker: Worker, message: FromContainer): void {
    if (message.type === 'token') {
      void answerTokenRequest(this.token, message.request).then((value) => {
        worker.postMessage({
          type: 'token-answer',
          call: message.call,
          value,
        } satisfies ToContainer);
      });
      return;
    }
    if (message.type === 'ready' || message.type === 'result' || message.type === 'function-error')
      return;
    this.options.onReport(message);
  }
}

export function containerPool(count: number, options: ContainerPoolOptions): Container[] {
  const token = memoryTokenStore();
  return Array.from({ length: count }, () => new Container(options, token));
}
