import { createInterface } from 'node:readline/promises';
import { UsageError } from './usage-error.js';

export interface ConfirmStreams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/** Asks a person on stderr; anything but yes is no. Throws UsageError where nobody can answer. */
export async function confirm(
  question: string,
  { input, output }: ConfirmStreams = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  if (input.isTTY !== true) {
    throw new UsageError('nobody is there to be asked (stdin is no terminal): add --yes');
  }
  const lines = createInterface({ input, output });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
