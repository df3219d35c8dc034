import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { outliveReader } from './output.js';

export interface ForegroundProcess {
  /** Resolves to the exit code; 1 if a signal ended the process. */
  readonly ended: Promise<number>;
  /** Ends the process at once. */
  kill(): void;
}

export interface ForegroundOptions {
  readonly cwd: string;
  /** Variables added to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a program that uses the terminal. Its output goes to this process's, whose reader may leave before it has ended. */
export function startInForeground(
  program: string,
  words: readonly string[],
  { cwd, env }: ForegroundOptions,
): ForegroundProcess {
  // Ctrl-C also reaches the program, and Terraform needs time to release its lock.
  process.on('SIGINT', () => undefined);
  const child = spawn(program, words, {
    cwd,
    stdio: ['inherit', process.stdout.isTTY ? 'inherit' : 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  passOn(child);
  return {
    ended: once(child, 'close').then(([code]) => (code as number | null) ?? 1),
    kill: () => child.kill('SIGKILL'),
  };
}

/** Reads the output to its end even if there is no reader: a closed pipe would end the program halfway. */
function passOn({ stdout }: ChildProcess): void {
  if (stdout === null) return;
  outliveReader();
  stdout.on('data', (chunk: Buffer) => {
    if (process.stdout.errored === null) process.stdout.write(chunk);
  });
}
