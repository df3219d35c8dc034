import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { UsageError } from './command.js';

/** Exit code of a process that Ctrl-C ended: 128 plus the number of SIGINT. */
export const INTERRUPTED = 130;

/** Prints a line to stdout, and waits if the reader is slower, so that lines do not pile up in memory. */
export async function printLine(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
}

/** Returns a signal that the first Ctrl-C (or SIGTERM) aborts; the second one ends the process immediately. */
export function interruptSignal(stderr: { write(text: string): unknown }): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    stderr.write('\nfinishing in-flight work; press Ctrl-C again to stop now\n');
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}

export interface ConfirmStreams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/** Asks a question on stderr; any response but "y" or "yes" means no. Throws UsageError if stdin is not a terminal. */
export async function confirm(
  question: string,
  { input, output }: ConfirmStreams = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  if (input.isTTY !== true) {
    throw new UsageError(
      'cannot ask for confirmation: stdin is not a terminal. Pass --yes to go ahead',
    );
  }
  const lines = createInterface({ input, output });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
