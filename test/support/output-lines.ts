import { jest } from '@jest/globals';
import { jsonLines } from './json-lines.js';

export type JsonLine = Readonly<Record<string, unknown>>;

/** Runs `work` and gives the JSON lines that it writes on stdout and stderr, where Lambda takes logs and metrics from. */
export async function outputLines(work: () => unknown): Promise<JsonLine[]> {
  const chunks: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation((chunk) => {
      chunks.push(String(chunk));
      return true;
    }),
  );
  try {
    await work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return jsonLines(chunks.join('')) as JsonLine[];
}
