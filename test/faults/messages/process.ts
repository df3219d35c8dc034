import { fork, type ChildProcess } from 'node:child_process';
import type { SQSRecord } from 'aws-lambda';
import {
  SETTINGS_VARIABLE,
  type FromWorker,
  type ToWorker,
  type WorkerCall,
  type WorkerSettings,
} from './protocol.js';

export interface WorkerProcessOptions {
  /** Path of the bundled worker.ts. */
  readonly file: string;
  readonly settings: WorkerSettings;
  readonly onCall: (call: WorkerCall) => Promise<unknown>;
}

interface Invocation {
  readonly resolve: (failedIds: readonly string[]) => void;
  readonly reject: (error: Error) => void;
}

/** A process that runs the handler. It is started when there is work, and restarted after a kill. */
export class WorkerProcess {
  private child: Promise<ChildProcess> | undefined;
  private readonly invocations = new Map<number, Invocation>();
  private count = 0;

  constructor(private readonly options: WorkerProcessOptions) {}

  get isBusy(): boolean {
    return this.invocations.size > 0;
  }

  /** Invokes the handler; several invocations may run at once, like containers. Rejects if the process dies first. */
  async invoke(records: readonly SQSRecord[]): Promise<readonly string[]> {
    const child = await (this.child ??= this.start());
    return new Promise((resolve, reject) => {
      const id = this.count++;
      this.invocations.set(id, { resolve, reject });
      tell(child, { type: 'invoke', id, records });
      // A process that has just died emits no further event.
      if (child.exitCode !== null || child.signalCode !== null) this.died();
    });
  }

  async kill(): Promise<void> {
    (await this.child)?.kill('SIGKILL');
  }

  private start(): Promise<ChildProcess> {
    const { file, settings } = this.options;
    const child = fork(file, {
      env: { PATH: process.env['PATH'], [SETTINGS_VARIABLE]: JSON.stringify(settings) },
      execArgv: ['--no-warnings'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('exit', () => {
      this.child = undefined;
      this.died();
    });
    return new Promise((resolve, reject) => {
      child.once('exit', () => {
        reject(new Error('the worker died during its start'));
      });
      child.on('message', (message: FromWorker) => {
        if (message.type === 'ready') resolve(child);
        else this.take(child, message);
      });
    });
  }

  private take(child: ChildProcess, message: Exclude<FromWorker, { type: 'ready' }>): void {
    if (message.type === 'call') {
      void this.options.onCall(message.call).then((value) => {
        tell(child, { type: 'answer', id: message.id, value });
      });
      return;
    }
    const invocation = this.invocations.get(message.id);
    this.invocations.delete(message.id);
    if (message.type === 'result') invocation?.resolve(message.failedIds);
    else invocation?.reject(new Error(message.message));
  }

  private died(): void {
    for (const { reject } of this.invocations.values()) reject(new Error('the worker was killed'));
    this.invocations.clear();
  }
}

/** Sends a message. Errors are ignored, because the exit event reports that the process was killed. */
function tell(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message, () => undefined);
}
