import type { SQSRecord } from 'aws-lambda';
import { withinTime, type TimeBudget } from './time-budget.js';
import type { Ingestor } from '../ingestor/client.js';
import { recordIngestion, type RecordIngestion } from '../ingestor/pending.js';
import type { Failure } from '../runtime/errors.js';
import type { Log } from '../runtime/log.js';
import type { Meter } from '../runtime/metrics.js';
import { mapLimited } from '../runtime/retry.js';
import { tracedFailureOf } from '../runtime/unexpected.js';
import type { GranuleSource } from '../source/source.js';
import type { Item } from '../stac/stac.js';
import { compareInstants, tryParseInstant } from '../stac/time.js';

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

export interface TimedContext extends BatchContext {
  readonly budget: TimeBudget;
}

/** What happened to a record, or to one of its Items. */
export type Outcome =
  | { readonly result: 'posted' }
  /** `namesGranule` is true if the message is about a granule that has no Items. */
  | { readonly result: 'skipped'; readonly namesGranule?: boolean }
  | { readonly result: 'failed'; readonly failure: Failure }
  /** There was no time left to start. */
  | { readonly result: 'not-started'; readonly failure: Failure };

/** The Items of one record, with what a post needs to know about the record. */
export interface PostableRecord {
  readonly record: SQSRecord;
  readonly correlationId: string;
  readonly items: readonly Item[];
}

const CONCURRENT_POSTS = 16;
const POST_TIMEOUT_MS = 30_000;
/** Share of the remaining time in which a post may be retried. */
const RETRY_SHARE = 1 / 3;

interface NewestItem {
  readonly record: SQSRecord;
  readonly item: Item;
  readonly sentTimestamp: number;
  readonly correlationId: string;
}

/**
 * Returns the Items by id. If several records contain the same Item, the one with the latest processing time wins, then
 * the one sent last, then the last one in the batch.
 */
function newestItems(
  made: readonly PostableRecord[],
  processedProperty: string | undefined,
): Map<string, NewestItem> {
  const newest = new Map<string, NewestItem>();
  for (const { record, items, correlationId } of made) {
    const sentTimestamp = Number(record.attributes.SentTimestamp);
    for (const item of items) {
      const next = { record, item, sentTimestamp, correlationId };
      const known = newest.get(item.id);
      if (known && isNewer(known, next, processedProperty)) continue;
      newest.set(item.id, next);
    }
  }
  return newest;
}

function isNewer(
  known: NewestItem,
  next: NewestItem,
  processedProperty: string | undefined,
): boolean {
  const order =
    processedProperty === undefined
      ? 0
      : compareProcessing(known.item, next.item, processedProperty);
  return order > 0 || (order === 0 && known.sentTimestamp > next.sentTimestamp);
}

/** An Item without a processing time counts as older than an Item with one. */
function compareProcessing(a: Item, b: Item, property: string): number {
  const [x, y] = [a, b].map(({ properties }) => {
    const time = properties[property];
    return typeof time === 'string' ? tryParseInstant(time) : undefined;
  });
  if (x !== undefined && y !== undefined) return compareInstants(x, y);
  return Number(x !== undefined) - Number(y !== undefined);
}

/** What happened to one Item. */
export interface Post {
  readonly outcome: Outcome;
  readonly milliseconds: number;
}

export interface PostContext extends TimedContext {
  /** @see GranulePipeline.processedProperty */
  readonly processedProperty?: string | undefined;
}

/** Posts each Item once, in the version of the newest record that contains it. Returns the result of each post by Item id. */
export async function postItems(
  made: readonly PostableRecord[],
  context: PostContext,
): Promise<Map<string, Post>> {
  const posts = new Map<string, Post>();
  await mapLimited(
    [...newestItems(made, context.processedProperty).values()],
    CONCURRENT_POSTS,
    async (next) => {
      posts.set(next.item.id, await postOne(next, context));
    },
  );
  return posts;
}

async function postOne(next: NewestItem, context: TimedContext): Promise<Post> {
  const { item, correlationId } = next;
  const { budget, postItem, meter } = context;
  if (!budget.suffices('post')) {
    const outcome: Outcome = { result: 'not-started', failure: budget.outOfTime('post') };
    return { outcome, milliseconds: 0 };
  }
  const [started, remaining] = [performance.now(), budget.remainingMs];
  try {
    const timeoutMs = Math.min(POST_TIMEOUT_MS, remaining);
    const deadline = Date.now() + remaining * RETRY_SHARE;
    await budget.measure('post', async () => {
      await limited(() => postItem(item, { correlationId, deadline, timeoutMs }), budget);
      meter.count('ItemsPosted');
      await limited(() => recordIngestion(next, context), budget);
    });
    return { outcome: { result: 'posted' }, milliseconds: performance.now() - started };
  } catch (error) {
    const outcome: Outcome = { result: 'failed', failure: tracedFailureOf(error) };
    return { outcome, milliseconds: performance.now() - started };
  }
}

/** Gives the work the remaining time. */
function limited(work: () => Promise<void>, { remainingMs }: TimeBudget): Promise<void> {
  const reason = () =>
    `the post of the Item had not ended within ${Math.round(remainingMs)} ms, the time that the function had left: ` +
    'check the ingestor; increasing timeout_seconds helps only if it always takes so long';
  return withinTime(work, remainingMs, reason);
}
