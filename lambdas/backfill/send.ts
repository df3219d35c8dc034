import { inspect } from 'node:util';
import { complete, empty } from './begin.js';
import { callPipeline, restartQuery } from './query.js';
import { chunkName, reportName, type BackfillOutcome, type BackfillRun } from './run.js';
import { addCounts, NO_COUNTS, type Counts } from './cursor.js';
import { backoffMs } from '../runtime/retry.js';
import { QueryError } from '../runtime/errors.js';
import type { Lease } from './lease.js';
import { deepenStacks } from '../runtime/trace.js';
import { reasonOf, tracedFailureOf } from '../runtime/unexpected.js';
import { toRow, type Row } from '../inventory/result-csv.js';
import { readResultPages, ResultGoneError, type ResultPage } from '../inventory/result-pages.js';
import { backfillAttributes } from '../queue/attributes.js';
import { sendMessages, type OutgoingMessage, type RefusedMessage } from '../queue/send-messages.js';

// A bug in the pipeline would otherwise write one log line per row.
const MAX_REPORTED = 100;
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

/** Sends the messages of a page's rows and returns the counts. Throws SendError if the queue did not accept them. */
export async function sendPage(page: ResultPage, run: BackfillRun): Promise<Counts> {
  const tally: Tally = { skipped: 0, refused: [] };
  const { queue, clock, parallelBatches } = run;
  const messages = messagesOf(page, run, tally);
  const result = await sendMessages(messages, queue, { parallel: parallelBatches, clock });
  const refused = [...tally.refused, ...result.refused];
  logRefused(refused, run);
  const { skipped } = tally;
  return { rows: page.records.length, sent: result.sent, skipped, refused: refused.length };
}

interface Tally {
  skipped: number;
  readonly refused: RefusedMessage[];
}

/** Yields the messages one by one as the sender requests them, because an array of a page's messages costs memory. */
function* messagesOf(
  { columns, records }: ResultPage,
  { pipeline, settings: { pipelineId } }: BackfillRun,
  tally: Tally,
): Generator<OutgoingMessage> {
  const attributes = backfillAttributes(pipelineId);
  deepenStacks();
  for (const record of records) {
    const row = toRow(columns, record);
    try {
      const body: unknown = pipeline.rowToMessageBody(row);
      if (body === undefined || body === null) tally.skipped += 1;
      else if (typeof body === 'string') yield { key: keyOf(row), body, attributes };
      else throw permanent(`must return a string or undefined (returned ${typeof body})`);
    } catch (error) {
      tally.refused.push(refusedRow(row, error, tally));
    }
  }
}

function refusedRow(row: Row, error: unknown, { refused }: Tally): RefusedMessage {
  const reason = `rowToMessageBody: ${reasonOf(error)}`;
  const stack = refused.length < MAX_REPORTED ? tracedFailureOf(error).stack : undefined;
  return { key: keyOf(row), reason, ...(stack !== undefined && { stack }) };
}

function keyOf(row: Row): string {
  return row['key'] ?? Object.values(row)[0] ?? '';
}

function logRefused(refused: readonly RefusedMessage[], { log }: BackfillRun): void {
  for (const fields of refused.slice(0, MAX_REPORTED)) {
    log.error('row refused: no message was sent', { ...fields });
  }
  const more = refused.length - MAX_REPORTED;
  if (more > 0) log.error('more rows refused', { count: more });
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
    chunks: chunks + 1,
    queryId: undefined,
    result: undefined,
  });
  if (next !== undefined) {
    const message = `${chunkName(chunk)} is done: ${counts.rows} rows, ${counts.sent} messages sent; next is ${next}`;
    return { outcome: 'chunk-done', chunk, counts, message };
  }
  return {
    ...(last === 'empty' ? empty(lease.cursor) : complete(lease.cursor)),
    counts,
  };
}

function nextChunk({ cursor }: Lease, { pipeline }: BackfillRun): string | undefined {
  const { chunk, inventoryDate = '' } = cursor;
  if (chunk === undefined) return undefined;
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
  return `no matching row: the query for ${chunkName(cursor.chunk)} selected no row from ${reportName(cursor)}`;
}
