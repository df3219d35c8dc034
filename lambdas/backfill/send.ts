import { inspect } from 'node:util';
import { complete, empty } from './begin.js';
import { sendPage } from './backfill-page.js';
import { askPipeline, restartQuery } from './query.js';
import { chunkName, reportName, type BackfillRun, type HistoricOutcome } from './run.js';
import { addCounts, NO_COUNTS } from './cursor.js';
import { backoffMs } from '../runtime/retry.js';
import { QueryError } from '../runtime/errors.js';
import type { Lease } from './lease.js';
import { readResultPages, ResultGoneError } from '../inventory/result-pages.js';

const DEPTH_BACKOFF = { firstMs: 1_000, maxMs: 15_000 };
// With a limit on the queue's depth a page may not go far beyond it: about a hundred bytes a row.
const MIN_PAGE_BYTES = 16 * 1024;
const ROW_BYTES = 100;

/** sending -> the end of the chunk, or as far as the time allows. */
export async function sendResult(
  lease: Lease,
  run: BackfillRun,
): Promise<HistoricOutcome | undefined> {
  try {
    return await sendPages(lease, run);
  } catch (error) {
    if (error instanceof ResultGoneError) return restartQuery(error.message, lease, run);
    throw error;
  }
}

async function sendPages(lease: Lease, run: BackfillRun): Promise<HistoricOutcome | undefined> {
  const begun = lease.cursor.result ?? { href: '', offset: 0, size: 0 };
  const source = { objects: run.objects, href: begun.href, pageBytes: pageBytesOf(run) };
  for await (const page of readResultPages(source, begun)) {
    if (!(await hasRoom(lease, run))) return undefined;
    const counts = await lease.renewWhile(sendPage(page, run));
    await lease.save({
      result: { ...begun, ...page.position, columns: [...page.columns], size: page.size },
      counts: addCounts(lease.cursor.counts, counts),
    });
    if (page.last) return finishChunk(lease, run);
    if (lease.cursor.paused || run.nearEnd()) return undefined;
  }
  return undefined;
}

function pageBytesOf({ pageBytes, settings: { maxQueueDepth } }: BackfillRun): number {
  if (maxQueueDepth === undefined) return pageBytes;
  return Math.min(pageBytes, Math.max(MIN_PAGE_BYTES, maxQueueDepth * ROW_BYTES));
}

/** Waits while the queue is deeper than allowed; false when the time is used up before, or the backfill is paused. */
async function hasRoom(lease: Lease, run: BackfillRun): Promise<boolean> {
  const { maxQueueDepth } = run.settings;
  if (maxQueueDepth === undefined) return true;
  for (let poll = 1; ; poll += 1) {
    const depth = await run.queue.depth();
    if (depth <= maxQueueDepth) return true;
    if (poll === 1) run.log.info('the queue is full enough', { depth, maxQueueDepth });
    if (lease.cursor.paused || run.nearEnd()) return false;
    await run.clock.sleep(backoffMs(poll, DEPTH_BACKOFF));
    await lease.renewIfDue();
  }
}

async function finishChunk(lease: Lease, run: BackfillRun): Promise<HistoricOutcome> {
  const { chunk, counts, totals, chunks } = lease.cursor;
  const next = nextChunk(lease, run);
  const sum = addCounts(totals, counts);
  const last = sum.rows === 0 ? 'empty' : 'complete';
  if (counts.rows === 0) run.log.warn(noRow(lease), { chunk });
  await lease.release({
    stage: next === undefined ? last : 'waiting',
    chunk: next ?? chunk,
    totals: sum,
    counts: NO_COUNTS,
    chunks: chunks + 1,
    queryId: undefined,
    result: undefined,
  });
  if (next !== undefined) {
    const message = `${chunkName(chunk)} is done: ${counts.rows} rows, ${counts.sent} messages sent; next is ${next}`;
    return { outcome: 'chunk-done', chunk, counts, message };
  }
  return { ...(last === 'empty' ? empty(lease.cursor) : complete(lease.cursor)), counts };
}

function nextChunk({ cursor }: Lease, { pipeline }: BackfillRun): string | undefined {
  const { chunk, inventoryDate = '' } = cursor;
  if (chunk === undefined) return undefined;
  const next: unknown = askPipeline('nextChunk', () =>
    pipeline.nextChunk(chunk, { inventoryDate }),
  );
  // What the compiler keeps from authors is still what a cast or plain JavaScript gives.
  if (next === undefined || next === null) return undefined;
  if (typeof next !== 'string' || next === '') {
    throw permanent(`nextChunk gives a text, or undefined at the end (given ${inspect(next)})`);
  }
  if (next !== chunk) return next;
  throw permanent(`nextChunk gave '${chunk}', the chunk that it was given: it would never end`);
}

function permanent(message: string): QueryError {
  return new QueryError(message, { kind: 'permanent' });
}

function noRow({ cursor }: Lease): string {
  return `no matching row: the query for ${chunkName(cursor.chunk)} selected nothing of ${reportName(cursor)}`;
}
