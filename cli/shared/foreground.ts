import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
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
  /** Makes what edits the output and the errors, where they do not go to a terminal. @default they are passed on as they are */
  readonly text?: () => TextEditor;
}

/** Edits the output of a program on its way. */
export interface TextEditor {
  write(chunk: Buffer): string;
  /** Returns what is left when the program has ended. */
  end(): string;
}

/** Starts a program that uses the terminal. Its output goes to this process's, whose reader may leave before it has ended. */
export function startInForeground(
  program: string,
  words: readonly string[],
  { cwd, env, text }: ForegroundOptions,
): ForegroundProcess {
  // Ctrl-C also reaches the program, and Terraform needs time to release its lock.
  process.on('SIGINT', () => undefined);
  const child = spawn(program, words, {
    cwd,
    stdio: [
      'inherit',
      process.stdout.isTTY ? 'inherit' : 'pipe',
      process.stderr.isTTY || text === undefined ? 'inherit' : 'pipe',
    ],
    env: { ...process.env, ...env },
  });
  passOn(child.stdout, process.stdout, text?.());
  passOn(child.stderr, process.stderr, text?.());
  return {
    ended: once(child, 'close').then(([code]) => (code as number | null) ?? 1),
    kill: () => child.kill('SIGKILL'),
  };
}

/** Reads the output to its end even if there is no reader: a closed pipe would end the program halfway. */
function passOn(from: Readable | null, to: NodeJS.WriteStream, text?: TextEditor): void {
  if (from === null) return;
  outliveReader();
  const write = (chunk: Buffer | string) => {
    if (to.errored === null && chunk.length > 0) to.write(chunk);
  };
  from.on('data', (chunk: Buffer) => {
    write(text === undefined ? chunk : text.write(chunk));
  });
  from.on('end', () => {
    write(text?.end() ?? '');
  });
}
