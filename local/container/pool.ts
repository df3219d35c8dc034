import { Worker } from 'node:worker_threads';

import type { SQSRecord } from 'aws-lambda';

import type { ContainerSettings, FromContainer, ToContainer } from './protocol.js';
import { handleTokenRequest, memoryTokenStore } from './shared-token.js';

/** What containers report while they work. */
export type ContainerReport = Exclude<
  FromContainer,
  { readonly type: 'ready' | 'result' | 'function-error' | 'token' }
>;

export interface ContainerPoolOptions {
  /** Path of container.ts compiled to JavaScript, because a worker thread cannot load TypeScript. */
  readonly containerFile: string;
  readonly settings: ContainerSettings;
  readonly onReport: (report: ContainerReport) => void;
  /** Receives what the bundle prints, which must not appear on stdout or in the progress. */
  readonly onOutput?: (text: string) => void;
}

/** Thrown when an invocation fails as a whole or times out, or the container dies: the whole batch failed. */
export class ContainerError extends Error {
  override readonly name = 'ContainerError';
}

/** A Lambda container in a worker thread. The invocation after a failure starts a new thread. */
export class Container {
  private worker: Worker | undefined;

  constructor(
    private readonly options: ContainerPoolOptions,
    private readonly token = memoryTokenStore(),
  ) {}

  /** Returns the ids of the messages that failed. Throws ContainerError. */
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
    const { memoryMb, environment } = settings;
    const worker = new Worker(containerFile, {
      workerData: settings,
      stdout: true,
      stderr: true,
      // The flags of the parent process (tsx, jest) are not meant for the bundle. Lambda sets this one too.
      execArgv: ['--enable-source-maps'],
      env: { ...process.env, ...environment },
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
    // An error after the start also ends the thread, and `invoke` handles its exit.
    worker.on('error', (error) => onOutput?.(`${String(error)}\n`));
    return worker;
  }

  private report(worker: Worker, message: FromContainer): void {
    if (message.type === 'token') {
      void handleTokenRequest(this.token, message.request).then((value) => {
        worker.postMessage({
          type: 'token-response',
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
