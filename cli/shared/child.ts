import { spawn } from 'node:child_process';
import { errorCode } from '../../lambdas/runtime/errors.js';

export interface ChildOutcome {
  /** Of the process; 1 where a signal ended it, 127 where there is no such program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  readonly cwd: string;
  /** Beside this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

const NOT_FOUND = 127;

/** Runs a program to its end, without a terminal, and keeps what it prints. Throws nothing but what is unforeseen. */
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
