import { inspect } from 'node:util';
import { complete, empty } from './outcomes.js';
import { callPipeline, restartQuery } from './query.js';
import { checkRefused, reportRefused, shortened, type Place } from './refused.js';
import { messagesOf, type Tally } from './rows.js';
import {
  archivedHint,
  chunkName,
  countsText,
  reportName,
  type BackfillOutcome,
  type BackfillRun,
} from './run.js';
import { addCounts, NO_COUNTS, type Counts } from './counts.js';
import { backoffMs } from '../runtime/retry.js';
import { QueryError } from '../runtime/errors.js';
import type { Lease } from './lease.js';
import { readResultPages, ResultGoneError, type ResultPage } from '../inventory/result-pages.js';
import { sendMessages, type RefusedMessage } from '../queue/send-messages.js';

const DEPTH_BACKOFF = { firstMs: 1_000, maxMs: 15_000 };
// With max_queue_depth a page must not exceed the limit by much; a row has about 100 bytes.
const MIN_PAGE_BYTES = 16 * 1024;
const ROW_BYTES = 100;

/** Stage sending: sends the rest of the result, or as much of it as time allows. */
export async function sendResult(
  lease: Lease,
  run: BackfillRun,
): Promise<BackfillOutcome | undefined> {
  try {
    return await sendPages(lease, run);
  } catch (error) {
    if (error instanceof ResultGoneError) return restartQuery(error.message, lease, run);
    throw error;
  }
}

async function sendPages(lease: Lease, run: BackfillRun): Promise<BackfillOutcome | undefined> {
  const begun = lease.cursor.result ?? { href: '', offset: 0, size: 0 };
  const source = { objects: run.objects, href: begun.href, pageBytes: pageBytesOf(run) };
  for await (const page of readResultPages(source, begun)) {
    if (!(await hasRoom(lease, run))) return undefined;
    const sent = await lease.renewWhile(sendPage(page, run, lease.cursor));
    await lease.save({
      result: { ...begun, ...page.position, columns: [...page.columns], size: page.size },
      counts: addCounts(lease.cursor.counts, sent),
      firstRefused: lease.cursor.firstRefused ?? sent.firstRefused,
    });
    checkRefused(lease.cursor, { isEnd: page.last });
    if (page.last) return finishChunk(lease, run);
    if (lease.cursor.paused || run.nearEnd()) return undefined;
  }
  return undefined;
}

function pageBytesOf({ pageBytes, settings: { maxQueueDepth } }: BackfillRun): number {
  if (maxQueueDepth === undefined) return pageBytes;
  return Math.min(pageBytes, Math.max(MIN_PAGE_BYTES, maxQueueDepth * ROW_BYTES));
}

/** Waits while the queue exceeds max_queue_depth. Returns false if time runs out first or the backfill is paused. */
async function hasRoom(lease: Lease, run: BackfillRun): Promise<boolean> {
  const { maxQueueDepth } = run.settings;
  if (maxQueueDepth === undefined) return true;
  for (let poll = 1; ; poll += 1) {
    const depth = await run.queue.depth();
    if (depth <= maxQueueDepth) return true;
    if (poll === 1)
      run.log.info('waiting: the queue exceeds max_queue_depth', { depth, maxQueueDepth });
    if (lease.cursor.paused || run.nearEnd()) return false;
    await run.clock.sleep(backoffMs(poll, DEPTH_BACKOFF));
    await lease.renewIfDue();
  }
}

/** What became of the rows of a page. */
interface SentPage extends Counts {
  readonly firstRefused?: RefusedMessage | undefined;
}

/**
 * Sends the messages of a page's rows, and a dead letter for each refused row. Throws SendError if a queue did not accept
 * them; then the page is sent again.
 */
export async function sendPage(
  page: ResultPage,
  run: BackfillRun,
  place: Place = {},
): Promise<SentPage> {
  const tally: Tally = { skipped: 0, refused: [] };
  const { queue, clock, parallelBatches } = run;
  const messages = messagesOf(page, run, tally);
  const result = await sendMessages(messages, queue, { parallel: parallelBatches, clock });
  const refused = [...tally.refused, ...result.refused];
  await reportRefused(refused, run, place);
  const { skipped } = tally;
  const counts = { rows: page.records.length, sent: result.sent, skipped, refused: refused.length };
  const [first] = refused;
  return { ...counts, firstRefused: first && shortened(first) };
}

async function finishChunk(lease: Lease, run: BackfillRun): Promise<BackfillOutcome> {
  const { chunk, counts, totals, chunks } = lease.cursor;
  const next = nextChunk(lease, run);
  const sum = addCounts(totals, counts);
  const last = sum.sent === 0 ? 'empty' : 'complete';
  if (counts.rows === 0) run.log.warn(noRowText(lease), { chunk });
  await lease.release({
    stage: next === undefined ? last : 'waiting',
    chunk: next ?? chunk,
    totals: sum,
    counts: NO_COUNTS,
    firstRefused: undefined,
    chunks: chunks + 1,
    queryId: undefined,
    archivedQueryId: undefined,
    result: undefined,
  });
  if (next !== undefined) {
    const message = `${chunkName(chunk)} is done: ${countsText(counts)}; next is ${next}`;
    return { outcome: 'chunk-done', chunk, counts, message };
  }
  return {
    ...(last === 'empty' ? empty(lease.cursor) : complete(lease.cursor)),
    counts,
  };
}

function nextChunk({ cursor }: Lease, { pipeline }: BackfillRun): string | undefined {
  const { chunk, inventoryDate = '' } = cursor;
  if (chunk === undefined || chunk === cursor.range?.to) return undefined;
  const next: unknown = callPipeline('nextChunk', () =>
    pipeline.nextChunk(chunk, { inventoryDate }),
  );
  // A cast or plain JavaScript can return what the type forbids.
  if (next === undefined || next === null) return undefined;
  if (typeof next !== 'string' || next === '') {
    throw permanent(
      `nextChunk must return a non-empty string, or undefined after the last chunk (returned ${inspect(next)})`,
    );
  }
  if (next !== chunk) return next;
  throw permanent(
    `nextChunk returned '${chunk}', the chunk it was called with: the backfill would never end`,
  );
}

function permanent(message: string): QueryError {
  return new QueryError(message, { kind: 'permanent' });
}

function noRowText({ cursor }: Lease): string {
  const hint = archivedHint(cursor.counts.archived);
  return `no matching row: the query for ${chunkName(cursor.chunk)} selected no row from ${reportName(cursor)}${hint}`;
}
