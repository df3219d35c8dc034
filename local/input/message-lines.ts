import { dirname } from 'node:path';
import { DEFAULT_MAX_BYTES, type MessageQueue } from '../../lambdas/queue/queue.js';
import { LineFile } from '../files/line-file.js';
import { makeFolder } from '../files/run-files.js';

export interface MessageLines extends MessageQueue {
  /** True if the file holds no message of this run or an earlier one. */
  isEmpty(): boolean;
  close(): void;
}

/** A queue that writes a file with one message per line, which `npm run local -- <pipeline> --messages` reads. */
export function messageLines(path: string, options: { readonly fresh: boolean }): MessageLines {
  makeFolder(dirname(path));
  const file = new LineFile(path, options);
  return {
    maxBytes: () => Promise.resolve(DEFAULT_MAX_BYTES),
    depth: () => Promise.resolve(0),
    sendBatch: (bodies) => {
      for (const body of bodies) file.append(lineOf(body));
      // A message is accepted once it is on disk.
      file.flush();
      return Promise.resolve([]);
    },
    isEmpty: () => file.size === 0,
    close: () => {
      file.close();
    },
  };
}

/** Puts a body on one line without changing its meaning. */
function lineOf(body: string): string {
  if (!/[\r\n\u2028\u2029]/.test(body) && body.trim() !== '') return body;
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return JSON.stringify(body);
  }
}
