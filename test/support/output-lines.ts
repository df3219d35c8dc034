import { jest } from '@jest/globals';

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
  const lines = chunks.join('').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as JsonLine);
}
