import type { SQSRecord } from 'aws-lambda';
import { withCodeVersion, type CodeVersion } from './code-version.js';
import { postVersion } from './post-version.js';
import { withinTime, type TimeBudget } from './time-budget.js';
import type { VersionKeys } from './version.js';
import { compareVersions, type PostedVersions } from '../ingestor/version-table.js';
import type { Ingestor } from '../ingestor/client.js';
import { recordIngestion, type RecordIngestion } from '../ingestor/pending.js';
import type { OutputStore } from '../outputs/store.js';
import type { Failure } from '../runtime/errors.js';
import type { Log } from '../runtime/log.js';
import type { Meter } from '../runtime/metrics.js';
import { mapLimited } from '../runtime/retry.js';
import { tracedFailureOf } from '../runtime/unexpected.js';
import type { GranuleSource } from '../source/source.js';
import type { Item } from '../stac/stac.js';

/** The collaborators of one invocation, and its remaining time. */
export interface BatchContext {
  readonly source: GranuleSource;
  /** Where the pipeline keeps the files that it makes; undefined if it has no outputs. */
  readonly outputs?: OutputStore | undefined;
  readonly postItem: Ingestor['postItem'];
  /** Records posted Items for the verifying function; undefined if ingestions are not verified. */
  readonly recordIngestion?: RecordIngestion | undefined;
  /** Which versions of Items were posted by other batches; undefined to compare within a batch only. */
  readonly versions?: PostedVersions | undefined;
  readonly log: Log;
  readonly meter: Meter;
  readonly stacApiUrl?: string | undefined;
  /** The version of the code that posted Items name; undefined if they name none. */
  readonly codeVersion?: CodeVersion | undefined;
  readonly remainingMs: () => number;
}

export interface TimedContext extends BatchContext {
  readonly budget: TimeBudget;
}

/** What happened to a record, or to one of its Items. */
export type Outcome =
  | { readonly result: 'posted' }
  /** A newer version of the Item, `by`, is in the catalogue. */
  | { readonly result: 'superseded'; readonly by: string }
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
  /** undefined if the pipeline declares no versions. */
  readonly versions?: VersionKeys | undefined;
}

const CONCURRENT_POSTS = 16;
const POST_TIMEOUT_MS = 30_000;
/** Share of the remaining time in which a post may be retried. */
const RETRY_SHARE = 1 / 3;

interface NewestItem {
  readonly record: SQSRecord;
  readonly item: Item;
  /** undefined if the pipeline declares no versions. */
  readonly version: string | undefined;
  readonly sentTimestamp: number;
  readonly correlationId: string;
}

/**
 * Returns the Items by id. If several records contain the same Item, the newest version wins, then the one sent last, then the
 * last one in the batch.
 */
function newestItems(made: readonly PostableRecord[]): Map<string, NewestItem> {
  const newest = new Map<string, NewestItem>();
  for (const { record, items, versions, correlationId } of made) {
    const sentTimestamp = Number(record.attributes.SentTimestamp);
    for (const item of items) {
      const version = versions?.get(item.id);
      const next = { record, item, version, sentTimestamp, correlationId };
      const known = newest.get(item.id);
      if (known && isNewer(known, next)) continue;
      newest.set(item.id, next);
    }
  }
  return newest;
}

function isNewer(known: NewestItem, next: NewestItem): boolean {
  const order = compareVersions(known.version ?? '', next.version ?? '');
  return order > 0 || (order === 0 && known.sentTimestamp > next.sentTimestamp);
}

/** What happened to one Item. */
export interface Post {
  readonly outcome: Outcome;
  readonly milliseconds: number;
}

/** Posts each Item once, in the version of the newest record that contains it. Returns the result of each post by Item id. */
export async function postItems(
  made: readonly PostableRecord[],
  context: TimedContext,
): Promise<Map<string, Post>> {
  const posts = new Map<string, Post>();
  await mapLimited([...newestItems(made).values()], CONCURRENT_POSTS, async (next) => {
    posts.set(next.item.id, await postOne(next, context));
  });
  return posts;
}

async function postOne(next: NewestItem, context: TimedContext): Promise<Post> {
  const { budget } = context;
  if (!budget.suffices('post')) {
    const outcome: Outcome = { result: 'not-started', failure: budget.outOfTime('post') };
    return { outcome, milliseconds: 0 };
  }
  const [started, remaining] = [performance.now(), budget.remainingMs];
  try {
    const post = () => postAndRecord(next, context, remaining);
    const outcome = await budget.measure('post', () =>
      limited(() => postVersion(next, context, post), budget),
    );
    return { outcome, milliseconds: performance.now() - started };
  } catch (error) {
    const outcome: Outcome = { result: 'failed', failure: tracedFailureOf(error) };
    return { outcome, milliseconds: performance.now() - started };
  }
}

async function postAndRecord(
  next: NewestItem,
  context: TimedContext,
  remaining: number,
): Promise<void> {
  const { item, correlationId } = next;
  const { budget, postItem, meter, codeVersion } = context;
  const timeoutMs = Math.min(POST_TIMEOUT_MS, remaining);
  const deadline = Date.now() + remaining * RETRY_SHARE;
  const posted = withCodeVersion(item, codeVersion);
  await limited(() => postItem(posted, { correlationId, deadline, timeoutMs }), budget);
  meter.count('ItemsPosted');
  await limited(() => recordIngestion(next, context), budget);
}

/** Gives the work the remaining time. */
function limited<T>(work: () => Promise<T>, { remainingMs }: TimeBudget): Promise<T> {
  const reason = () =>
    `the post of the Item had not ended within ${Math.round(remainingMs)} ms, the time that the function had left: ` +
    'check the ingestor; increasing timeout_seconds helps only if it always takes so long';
  return withinTime(work, remainingMs, reason);
}
