import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import type { MessageQueue } from '../../lambdas/queue/queue.js';
import { LineFile } from '../files/line-file.js';
import { makeFolder } from '../files/run-files.js';
import type { RefusedInput } from '../input/message-feed.js';
import { unlimitedQueue } from '../input/unlimited-queue.js';

/** Returns a queue that passes each message on as a dead letter. */
export function deadLetterQueue(put: (letter: RefusedInput) => void): MessageQueue {
  return unlimitedQueue((messages) => {
    for (const { body, attributes = {} } of messages) put({ body, attributes });
    return Promise.resolve([]);
  });
}

export interface DeadLetterLines extends MessageQueue {
  close(): void;
}

/** Returns a queue that writes to a file with one dead letter per line, in the format of a local run. Throws OutputError. */
export function deadLetterLines(
  path: string,
  options: { readonly fresh: boolean },
): DeadLetterLines {
  makeFolder(dirname(path));
  const file = new LineFile(path, options);
  const queue = deadLetterQueue(({ body, attributes }) => {
    const { reason, error } = attributes;
    file.append(JSON.stringify({ reason, error, messageId: randomUUID(), body, attributes }));
    // An accepted message must survive a killed process.
    file.flush();
  });
  return {
    ...queue,
    close: () => {
      file.close();
    },
  };
}
