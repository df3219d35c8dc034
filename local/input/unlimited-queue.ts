import { DEFAULT_MAX_BYTES } from '../../lambdas/queue/limits.js';
import type { MessageQueue } from '../../lambdas/queue/queue.js';

/** Returns a queue that is never full: its messages go to `sendBatch`. */
export function unlimitedQueue(sendBatch: MessageQueue['sendBatch']): MessageQueue {
  return {
    maxBytes: () => Promise.resolve(DEFAULT_MAX_BYTES),
    depth: () => Promise.resolve(0),
    sendBatch,
  };
}
