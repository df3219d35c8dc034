import type { SQSRecord } from 'aws-lambda';
import { correlationIdOf } from './correlation-id.js';
import { mostHopeful } from './late-files.js';
import { makeItems, type Granule, type GranulePipeline } from './items.js';
import { makeWithin, type RunMaking } from './making.js';
import { parseBody } from './message.js';
import { subjectOf } from './subject.js';
import {
  postItems,
  type BatchContext,
  type Outcome,
  type Post,
  type PostableRecord,
  type TimedContext,
} from './posts.js';
import { versionKeys, type VersionKeys } from './version.js';
import { TimeBudget } from './time-budget.js';
import { backfillOf } from '../queue/attributes.js';
import { mapLimited } from '../runtime/retry.js';
import { tracedFailureOf } from '../runtime/unexpected.js';
import type { Item } from '../stac/stac.js';

/** A record and what happened to it, before it is settled with the queue. */
export interface RecordResult {
  readonly record: SQSRecord;
  readonly outcome: Outcome;
  readonly itemIds: readonly string[];
  /** Ids of all Items that were made, and of those that were posted. */
  readonly madeIds: readonly string[];
  readonly postedIds: readonly string[];
  readonly correlationId: string;
  /** What the message is about (see subjectOf); undefined if its body could not be parsed or has no message. */
  readonly about?: string | undefined;
  readonly milliseconds: number;
}

interface MadeRecord extends PostableRecord {
  /**
   * Set if the record was skipped, not started, or failed. `items` may still hold the Items of its other granules, which
   * are posted.
   */
  readonly outcome?: Outcome;
  readonly about?: string | undefined;
  readonly milliseconds: number;
}

/** Records processed at a time; most of the work waits for the network. */
const CONCURRENT_RECORDS = 16;
/** Share of the remaining time for creating the Items of one record. */
const MAKE_SHARE = 0.5;

/**
 * Processes every record of a batch independently and never rejects. All Items are created before the first is posted:
 * if several records produce the same Item, it is posted once, from the newest record.
 */
export async function processBatch<G extends Granule>(
  pipeline: GranulePipeline<G>,
  records: readonly SQSRecord[],
  context: BatchContext,
): Promise<RecordResult[]> {
  const budget = new TimeBudget(context.remainingMs, records.length);
  const made = await makeAll(pipeline, records, { ...context, budget });
  const posts = await postItems(made, { ...context, budget });
  return made.map((record) => resultOf(record, posts));
}

async function makeAll<G extends Granule>(
  pipeline: GranulePipeline<G>,
  records: readonly SQSRecord[],
  context: TimedContext,
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
  const outcome: Outcome = { result: 'failed', failure: tracedFailureOf(reason) };
  return { record, correlationId: record.messageId, items: [], outcome, milliseconds: 0 };
}

async function makeOne<G extends Granule>(
  pipeline: GranulePipeline<G>,
  record: SQSRecord,
  context: TimedContext,
): Promise<MadeRecord> {
  const started = performance.now();
  const { budget } = context;
  let correlationId = correlationIdOf(record);
  let versions: VersionKeys | undefined;
  let about: string | undefined;
  const done = (items: readonly Item[], outcome?: Outcome): MadeRecord => ({
    record,
    correlationId,
    items,
    versions,
    about,
    milliseconds: performance.now() - started,
    ...(outcome && { outcome }),
  });
  if (!budget.suffices('make', MAKE_SHARE)) {
    return done([], { result: 'not-started', failure: budget.outOfTime('make') });
  }
  try {
    const body = parseBody(record.body);
    correlationId = body.notificationId ?? correlationId;
    const [first] = body.messages;
    about = first && subjectOf(first);
    const { items, namesGranule, failure } = await makeItems(pipeline, body, {
      ...context,
      origin: { isBackfill: backfillOf(record) !== undefined },
      run: limitedMaking(context),
    });
    versions = versionKeys(items, pipeline.versionOf);
    if (failure !== undefined) return done(items, { result: 'failed', failure });
    if (items.length > 0) return done(items);
    return done([], { result: 'skipped', namesGranule });
  } catch (error) {
    return done([], { result: 'failed', failure: tracedFailureOf(error) });
  }
}

/** All granules of a record share one limit, so that what they leave is enough for the posts. */
function limitedMaking({ budget, source }: TimedContext): RunMaking {
  const deadline = performance.now() + budget.remainingMs * MAKE_SHARE;
  return (make) =>
    budget.measure('make', () =>
      makeWithin(make, { source, limitMs: deadline - performance.now() }),
    );
}

/** A record counts as posted if all its Items were. A transient failure takes precedence, because a retry may succeed. */
function resultOf(made: MadeRecord, posts: ReadonlyMap<string, Post>): RecordResult {
  const { record, correlationId, items } = made;
  const own = items.flatMap(({ id }) => posts.get(id) ?? []);
  const open = [made.outcome, ...own.map(({ outcome }) => outcome)].filter(isOpen);
  const hopeful = mostHopeful(open.flatMap((one) => ('failure' in one ? one.failure : [])));
  const decisive = open.find((one) => 'failure' in one && one.failure === hopeful);
  const outcome = decisive ?? open[0] ?? outcomeOfAll(own);
  // A failed record lists the Items that were not posted.
  const isPosted = ({ id }: Item) => posts.get(id)?.outcome.result === 'posted';
  const isConcerned = (item: Item) => outcome.result !== 'failed' || !isPosted(item);
  return {
    record,
    correlationId,
    about: made.about,
    outcome,
    itemIds: items.filter(isConcerned).map(({ id }) => id),
    madeIds: items.map(({ id }) => id),
    postedIds: items.filter(isPosted).map(({ id }) => id),
    milliseconds: made.milliseconds + Math.max(0, ...own.map(({ milliseconds }) => milliseconds)),
  };
}

/** A record is superseded if newer versions of all its Items were posted. */
function outcomeOfAll(posts: readonly Post[]): Outcome {
  const [first] = posts;
  const isSuperseded = posts.every(({ outcome }) => outcome.result === 'superseded');
  return first !== undefined && isSuperseded ? first.outcome : { result: 'posted' };
}

function isOpen(outcome: Outcome | undefined): outcome is Outcome {
  return outcome !== undefined && outcome.result !== 'posted' && outcome.result !== 'superseded';
}
