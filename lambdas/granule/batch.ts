import type { SQSRecord } from 'aws-lambda';
import { correlationIdOf } from './correlation-id.js';
import { failureOf, type Failure } from '../runtime/errors.js';
import type { GranuleSource } from '../source/source.js';
import type { Ingestor } from '../ingestor/client.js';
import type { Log } from '../runtime/log.js';
import { makeItems, type Granule, type GranulePipeline } from './items.js';
import { parseBody } from './message.js';
import type { Meter } from '../runtime/metrics.js';
import { recordIngestion, type RecordIngestion } from '../ingestor/pending.js';
import { mapLimited } from '../runtime/retry.js';
import type { Item } from '../stac/stac.js';
import { TimeBudget } from './time-budget.js';

/** The collaborators of one invocation, and its remaining time. */
export interface BatchContext {
  readonly source: GranuleSource;
  readonly postItem: Ingestor['postItem'];
  /** Records posted Items for the verifying function; undefined if ingestions are not verified. */
  readonly recordIngestion?: RecordIngestion | undefined;
  readonly log: Log;
  readonly meter: Meter;
  readonly stacApiUrl?: string | undefined;
  readonly remainingMs: () => number;
}

export type Outcome =
  | { readonly result: 'posted' | 'skipped' }
  | { readonly result: 'failed'; readonly failure: Failure }
  /** There was no time left to start. */
  | { readonly result: 'not-started' };

/** A record and what happened to it, before it is settled with the queue. */
export interface RecordResult {
  readonly record: SQSRecord;
  readonly outcome: Outcome;
  readonly itemIds: readonly string[];
  readonly correlationId: string;
  readonly milliseconds: number;
}

interface MadeRecord {
  readonly record: SQSRecord;
  readonly correlationId: string;
  /** The Items to post, even if `outcome` says that others of the record could not be created. */
  readonly items: readonly Item[];
  /** Set if the record failed or was skipped, whatever becomes of the posts. */
  readonly outcome?: Outcome;
  readonly milliseconds: number;
}

/** Records processed at a time; most of the work waits for the network. */
const CONCURRENT_RECORDS = 16;
/** Share of the remaining time for creating the Items of one record. */
const MAKE_SHARE = 0.5;
/** Share of the remaining time in which a post may be retried. */
const RETRY_SHARE = 1 / 3;
const POST_TIMEOUT_MS = 30_000;

/**
 * Processes every record of a batch independently and never rejects. All Items are created before the first is posted:
 * if several records produce the same Item, it is posted once, from the newest record.
 */
export async function processBatch<G extends Granule>(
  pipeline: GranulePipeline<G>,
  records: readonly SQSRecord[],
  context: BatchContext,
): Promise<RecordResult[]> {
  const budget = new TimeBudget(context.remainingMs);
  const made = await makeAll(pipeline, records, { ...context, budget });
  const posts = await postAll(newestItems(made), { ...context, budget });
  return made.map((record) => resultOf(record, posts));
}

type Budgeted = BatchContext & { readonly budget: TimeBudget };

async function makeAll<G extends Granule>(
  pipeline: GranulePipeline<G>,
  records: readonly SQSRecord[],
  context: Budgeted,
): Promise<MadeRecord[]> {
  const results = await mapLimited(records, CONCURRENT_RECORDS, (record) =>
    makeOne(pipeline, record, context),
  );
  return results.map((result, index) =>
    result.status === 'fulfilled' ? result.value : unexpected(records[index], result.reason),
  );
}

/** makeOne catches every error that it expects; for any other, this returns the record as failed instead of losing it. */
function unexpected(record: SQSRecord | undefined, reason: unknown): MadeRecord {
  if (record === undefined) throw reason;
  const outcome: Outcome = { result: 'failed', failure: failureOf(reason) };
  return { record, correlationId: record.messageId, items: [], outcome, milliseconds: 0 };
}

async function makeOne<G extends Granule>(
  pipeline: GranulePipeline<G>,
  record: SQSRecord,
  context: Budgeted,
): Promise<MadeRecord> {
  const started = performance.now();
  const { budget } = context;
  let correlationId = correlationIdOf(record);
  const done = (items: readonly Item[], outcome?: Outcome): MadeRecord => ({
    record,
    correlationId,
    items,
    milliseconds: performance.now() - started,
    ...(outcome && { outcome }),
  });
  if (!budget.sufficesForOneMore()) return done([], { result: 'not-started' });
  try {
    const body = parseBody(record.body);
    correlationId = body.notificationId ?? correlationId;
    const { items, failure } = await budget.run(
      () => makeItems(pipeline, body, context),
      budget.remainingMs * MAKE_SHARE,
    );
    if (failure !== undefined) return done(items, { result: 'failed', failure });
    return items.length > 0 ? done(items) : done([], { result: 'skipped' });
  } catch (error) {
    return done([], { result: 'failed', failure: failureOf(error) });
  }
}

interface NewestItem {
  readonly record: SQSRecord;
  readonly item: Item;
  readonly sentTimestamp: number;
  readonly correlationId: string;
}

/** Returns the Items by id. Of several records with the same Item, the one sent last wins, then the one listed last. */
function newestItems(made: readonly MadeRecord[]): Map<string, NewestItem> {
  const newest = new Map<string, NewestItem>();
  for (const { record, items, correlationId } of made) {
    const sentTimestamp = Number(record.attributes.SentTimestamp);
    for (const item of items) {
      const known = newest.get(item.id);
      if (known && known.sentTimestamp > sentTimestamp) continue;
      newest.set(item.id, { record, item, sentTimestamp, correlationId });
    }
  }
  return newest;
}

interface Post {
  readonly outcome: Outcome;
  readonly milliseconds: number;
}

async function postAll(
  newest: ReadonlyMap<string, NewestItem>,
  context: Budgeted,
): Promise<Map<string, Post>> {
  const posts = new Map<string, Post>();
  await mapLimited([...newest.values()], CONCURRENT_RECORDS, async (next) => {
    posts.set(next.item.id, await postOne(next, context));
  });
  return posts;
}

async function postOne(next: NewestItem, context: Budgeted): Promise<Post> {
  const { item, correlationId } = next;
  const { budget, postItem, meter } = context;
  if (!budget.sufficesForOneMore()) return { outcome: { result: 'not-started' }, milliseconds: 0 };
  const [started, remaining] = [performance.now(), budget.remainingMs];
  try {
    const timeoutMs = Math.min(POST_TIMEOUT_MS, remaining);
    const deadline = Date.now() + remaining * RETRY_SHARE;
    await budget.run(() => postItem(item, { correlationId, deadline, timeoutMs }), remaining);
    meter.count('ItemsPosted');
    await budget.run(() => recordIngestion(next, context), budget.remainingMs);
    return { outcome: { result: 'posted' }, milliseconds: performance.now() - started };
  } catch (error) {
    const outcome: Outcome = { result: 'failed', failure: failureOf(error) };
    return { outcome, milliseconds: performance.now() - started };
  }
}

/** A record counts as posted if all its Items were. A transient failure takes precedence, because a retry may succeed. */
function resultOf(made: MadeRecord, posts: ReadonlyMap<string, Post>): RecordResult {
  const { record, correlationId, items } = made;
  const own = items.flatMap(({ id }) => posts.get(id) ?? []);
  const open = [made.outcome, ...own.map(({ outcome }) => outcome)].filter(isOpen);
  const outcome = open.find(isTransient) ?? open[0] ?? { result: 'posted' };
  // A failed record lists the Items that were not posted.
  const isConcerned = ({ id }: Item) =>
    outcome.result !== 'failed' || posts.get(id)?.outcome.result !== 'posted';
  return {
    record,
    correlationId,
    outcome,
    itemIds: items.filter(isConcerned).map(({ id }) => id),
    milliseconds: made.milliseconds + Math.max(0, ...own.map(({ milliseconds }) => milliseconds)),
  };
}

function isOpen(outcome: Outcome | undefined): outcome is Outcome {
  return outcome !== undefined && outcome.result !== 'posted';
}

function isTransient(outcome: Outcome): boolean {
  if (outcome.result === 'failed') return outcome.failure.kind === 'transient';
  return outcome.result === 'not-started';
}
