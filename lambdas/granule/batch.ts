import type { SQSRecord } from 'aws-lambda';
import { correlationIdOf } from './correlation-id.js';
import { failureOf, type Failure } from '../runtime/errors.js';
import type { GranuleSource } from '../source/source.js';
import type { Ingestor } from '../ingestor/client.js';
import type { Log } from '../runtime/log.js';
import type { Granule, GranulePipeline } from './items.js';
import { makeItems } from './make-items.js';
import { parseBody } from './message.js';
import type { Meter } from '../runtime/metrics.js';
import { recordIngestion, type RecordIngestion } from '../ingestor/pending.js';
import { mapLimited } from '../runtime/retry.js';
import type { Item } from '../stac/stac.js';
import { TimeBudget } from './time-budget.js';

/** What a batch is worked on with. */
export interface BatchContext {
  readonly source: GranuleSource;
  readonly postItem: Ingestor['postItem'];
  /** Notes what was posted, for the function that verifies it later; undefined: nothing is noted. */
  readonly recordIngestion?: RecordIngestion | undefined;
  readonly log: Log;
  readonly meter: Meter;
  readonly stacApiUrl?: string | undefined;
  readonly remainingMs: () => number;
}

export type Outcome =
  | { readonly result: 'posted' | 'skipped' }
  | { readonly result: 'failed'; readonly failure: Failure }
  /** Not begun, for want of time. */
  | { readonly result: 'not-started' };

/** A record with what became of it. */
export interface SettledRecord {
  readonly record: SQSRecord;
  readonly outcome: Outcome;
  readonly itemIds: readonly string[];
  readonly correlationId: string;
  readonly milliseconds: number;
}

interface MadeRecord {
  readonly record: SQSRecord;
  readonly correlationId: string;
  /** To be posted, also where `outcome` says that others of the record could not be made. */
  readonly items: readonly Item[];
  /** Set where posting cannot settle the record. */
  readonly outcome?: Outcome;
  readonly milliseconds: number;
}

/** At once in one invocation; the work waits for the network most of the time. */
const CONCURRENT_RECORDS = 16;
/** Of the time that is left, for making Items and for trying posts again. */
const MAKE_SHARE = 0.5;
const RETRY_SHARE = 1 / 3;
const POST_TIMEOUT_MS = 30_000;

/** Settles every record of a batch, each by itself; never rejects. One Item is posted once, as the newest record has it. */
export async function settleBatch<G extends Granule>(
  pipeline: GranulePipeline<G>,
  records: readonly SQSRecord[],
  context: BatchContext,
): Promise<SettledRecord[]> {
  const budget = new TimeBudget(context.remainingMs);
  const made = await makeAll(pipeline, records, { ...context, budget });
  const posts = await postAll(newestItems(made), { ...context, budget });
  return made.map((record) => settled(record, posts));
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
    result.status === 'fulfilled' ? result.value : unforeseen(records[index], result.reason),
  );
}

/** makeOne catches what it knows of; this keeps the promise that no record is lost for what it does not. */
function unforeseen(record: SQSRecord | undefined, reason: unknown): MadeRecord {
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

/** By id: where records of one batch make the same Item, the one sent last, or listed last, is posted. */
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

/** A record is posted when all its Items are. What another try can mend comes before what it cannot. */
function settled(made: MadeRecord, posts: ReadonlyMap<string, Post>): SettledRecord {
  const { record, correlationId, items } = made;
  const own = items.flatMap(({ id }) => posts.get(id) ?? []);
  const open = [made.outcome, ...own.map(({ outcome }) => outcome)].filter(isOpen);
  const outcome = open.find(isPassing) ?? open[0] ?? { result: 'posted' };
  // Those that a failure is about.
  const isTold = ({ id }: Item) =>
    outcome.result !== 'failed' || posts.get(id)?.outcome.result !== 'posted';
  return {
    record,
    correlationId,
    outcome,
    itemIds: items.filter(isTold).map(({ id }) => id),
    milliseconds: made.milliseconds + Math.max(0, ...own.map(({ milliseconds }) => milliseconds)),
  };
}

function isOpen(outcome: Outcome | undefined): outcome is Outcome {
  return outcome !== undefined && outcome.result !== 'posted';
}

function isPassing(outcome: Outcome): boolean {
  if (outcome.result === 'failed') return outcome.failure.kind === 'transient';
  return outcome.result === 'not-started';
}
