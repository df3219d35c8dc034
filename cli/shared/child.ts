import { spawn } from 'node:child_process';
import { errorCode } from '../../lambdas/runtime/error-codes.js';

export interface ChildOutcome {
  /** Exit code of the process; 1 if a signal ended it, 127 if the program was not found. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  readonly cwd: string;
  /** Variables added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

const NOT_FOUND = 127;

/** Runs a program without a terminal and collects its output. Failures are returned as an exit code, not thrown. */
export function runChild(
  program: string,
  words: readonly string[],
  { cwd, env = {} }: ChildOptions,
): Promise<ChildOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    child.stdout.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
    const text = (name: keyof typeof chunks) => Buffer.concat(chunks[name]).toString();
    child.once('error', (error) => {
      if (errorCode(error) !== 'ENOENT') reject(error);
      else resolve({ code: NOT_FOUND, stdout: '', stderr: `${program} is not on the PATH` });
    });
    child.once('close', (code) => {
      resolve({ code: code ?? 1, stdout: text('stdout'), stderr: text('stderr') });
    });
  });
}
