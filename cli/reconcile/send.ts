import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { backfillAttributes } from '../../lambdas/queue/attributes.js';
import type { MessageQueue } from '../../lambdas/queue/queue.js';
import { sendMessages, type OutgoingMessage } from '../../lambdas/queue/send-messages.js';
import { backoffMs } from '../../lambdas/runtime/retry.js';
import type { MissingItem } from './lists.js';
import type { Reconciliation } from './reconciliation.js';
import type { State } from './state.js';

export interface SentMessages {
  readonly messages: number;
  /** Messages that the queue can never accept. */
  readonly refused: number;
  /** False if it was stopped before the end. */
  readonly isWhole: boolean;
}

const PAGE = 500;
const ROOM_BACKOFF = { firstMs: 1_000, maxMs: 15_000 };

/**
 * Sends the messages of the missing Items to the queue, from where an earlier run stopped, with the attributes of a
 * backfill. Waits while the queue has max_queue_depth messages. After a kill, a page may be sent twice, which only posts
 * its Items twice. Throws SendError.
 */
export async function sendMissing(
  state: State,
  run: Reconciliation,
  queue: MessageQueue,
): Promise<SentMessages> {
  const { workspace, target, clock } = run;
  const { maxQueueDepth = Infinity } = target.settings;
  let { sent } = state;
  for await (const page of pagesOf(workspace.missing, sent.bytes, Math.min(PAGE, maxQueueDepth))) {
    if (!(await hasRoom(page, run, queue))) return { ...sent, isWhole: false };
    const result = await sendMessages(messagesOf(page.items, target.pipeline), queue, { clock });
    sent = {
      bytes: page.endByte,
      messages: sent.messages + result.sent,
      refused: sent.refused + result.refused.length,
    };
    workspace.write({ ...state, sent });
    run.show('send', () => ({ text: `${sent.messages} messages sent` }));
  }
  return { ...sent, isWhole: true };
}

interface MissingPage {
  readonly items: readonly MissingItem[];
  /** Offset of the end of the page in the file. */
  readonly endByte: number;
}

/** Yields pages of at most `size` Items, from the line that starts at `offset` on. */
async function* pagesOf(
  path: string,
  offset: number,
  size: number,
): AsyncGenerator<MissingPage, void> {
  const lines = createInterface({
    input: createReadStream(path, { start: offset }),
    crlfDelay: Infinity,
  });
  let items: MissingItem[] = [];
  let endByte = offset;
  for await (const line of lines) {
    items.push(JSON.parse(line) as MissingItem);
    endByte += Buffer.byteLength(line) + 1;
    if (items.length < size) continue;
    yield { items, endByte };
    items = [];
  }
  if (items.length > 0) yield { items, endByte };
}

function* messagesOf(
  items: readonly MissingItem[],
  pipelineId: string,
): Generator<OutgoingMessage, void> {
  const attributes = backfillAttributes(pipelineId);
  for (const { id, messages } of items)
    for (const body of messages) yield { key: id, body, attributes };
}

/** Waits until the queue has room for the page. Returns false if the command is stopped first. */
async function hasRoom(
  { items }: MissingPage,
  { target, clock, isStopped, show }: Reconciliation,
  queue: MessageQueue,
): Promise<boolean> {
  const { maxQueueDepth } = target.settings;
  for (let poll = 1; !isStopped(); poll += 1) {
    if (maxQueueDepth === undefined) return true;
    const depth = await queue.depth();
    if (depth === 0 || depth + items.length <= maxQueueDepth) return true;
    show('send', () => ({
      text: `waiting: the queue has ${depth} messages, max_queue_depth is ${maxQueueDepth}`,
    }));
    await clock.sleep(backoffMs(poll, ROOM_BACKOFF));
  }
  return false;
}
