import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { tmpdir } from 'node:os';
import { workerEnvironment } from '../../../lambdas/python/environment.js';

const PROGRAM = join(import.meta.dirname, 'direct.py');

/** The Python function on its own, in a process that calls it without the worker. */
export class DirectPython {
  readonly #child: ChildProcess;
  readonly #answers: Interface;

  /** @param target path of create_item.py, or `package.module:function` */
  constructor(executable: string, target: string) {
    const env = workerEnvironment(process.env, {
      granuleInput: 'file',
      requesterPays: false,
      temporary: tmpdir(),
    });
    const stdio = ['pipe', 'pipe', 'ignore'] as const;
    this.#child = spawn(executable, [PROGRAM, target], { env, stdio: [...stdio] });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('the output of Python is not piped');
    this.#answers = createInterface({ input: stdout });
  }

  /** Returns the milliseconds per Item. @param output folder for cloud-optimized copies */
  async msPerItem(
    hrefs: readonly string[],
    { output, ...given }: { arguments?: Readonly<Record<string, unknown>>; output?: string } = {},
  ): Promise<number> {
    const request = { hrefs, arguments: given.arguments ?? {}, output };
    const failed = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`Python ended with ${code} while it made Items without the worker`);
    });
    const answer = once(this.#answers, 'line') as Promise<[string]>;
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const [seconds] = await Promise.race([answer, failed]);
    return (Number(seconds) * 1000) / hrefs.length;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }
}
