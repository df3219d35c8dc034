import { dirname } from 'node:path';
import { DEFAULT_MAX_BYTES, type MessageQueue } from '../../lambdas/queue/queue.js';
import { LineFile } from '../files/line-file.js';
import { makeFolder } from '../files/run-files.js';

export interface MessageLines extends MessageQueue {
  /** True where the file holds no message, of this run or an earlier one. */
  isEmpty(): boolean;
  close(): void;
}

/** A queue that is a file with a message a line, as `npm run local -- <pipeline> --messages` reads it. */
export function messageLines(path: string, options: { readonly fresh: boolean }): MessageLines {
  makeFolder(dirname(path));
  const file = new LineFile(path, options);
  return {
    maxBytes: () => Promise.resolve(DEFAULT_MAX_BYTES),
    depth: () => Promise.resolve(0),
    sendBatch: (bodies) => {
      for (const body of bodies) file.append(lineOf(body));
      // Accepted is what outlives the process.
      file.flush();
      return Promise.resolve([]);
    },
    isEmpty: () => file.size === 0,
    close: () => {
      file.close();
    },
  };
}

/** On one line, and the same message for whoever reads it. */
function lineOf(body: string): string {
  if (!/[\r\n\u2028\u2029]/.test(body) && body.trim() !== '') return body;
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return JSON.stringify(body);
  }
}
