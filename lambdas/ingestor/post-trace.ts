import { GetItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Ingestor } from './client.js';
import { failureOf } from '../runtime/errors.js';

/** What the ingestor last did with posts, in milliseconds since the epoch; undefined if it has not yet. */
export interface PostTrace {
  /** It accepted or refused an Item: it is up. */
  readonly answeredAt: number | undefined;
  /** A post failed, and may succeed later. */
  readonly failedAt: number | undefined;
  /** Error of that post. */
  readonly failure: string | undefined;
}

/** Writes what became of posts, seldom. Never rejects. */
export interface PostTracer {
  answered(): Promise<void>;
  failed(failure: string): Promise<void>;
}

type Table = Pick<DynamoDBClient, 'send'>;
type Kind = 'answered' | 'failed';

const EVERY_MS = 60_000;
/** The trace must not take time from the posts. */
const WRITE_MS = 1_000;
const MAX_CHARACTERS = 500;

function keyOf(kind: Kind) {
  return { pk: { S: 'posts' }, sk: { S: kind } };
}

/**
 * Keeps the last answer and the last failure of all containers in two rows of the state table. A container writes each
 * at most once a minute, so a change is written at once.
 */
export function postTracer(
  TableName: string,
  table: Table,
  now: () => number = Date.now,
): PostTracer {
  const written: Partial<Record<Kind, number>> = {};
  const write = async (kind: Kind, failure?: string): Promise<void> => {
    const at = now();
    if (at - (written[kind] ?? -Infinity) < EVERY_MS) return;
    written[kind] = at;
    const Item = {
      ...keyOf(kind),
      at: { N: String(at) },
      ...(failure !== undefined && { failure: { S: failure.slice(0, MAX_CHARACTERS) } }),
    };
    const abortSignal = AbortSignal.timeout(WRITE_MS);
    await table.send(new PutItemCommand({ TableName, Item }), { abortSignal }).catch(() => {
      // The next post writes it.
      written[kind] = -Infinity;
    });
  };
  return { answered: () => write('answered'), failed: (failure) => write('failed', failure) };
}

/** Posts, and traces whether the ingestor answers. */
export function traced(postItem: Ingestor['postItem'], trace: PostTracer): Ingestor['postItem'] {
  return async (item, options) => {
    try {
      await postItem(item, options);
    } catch (error) {
      const { kind, name, message } = failureOf(error);
      if (kind === 'transient') await trace.failed(message);
      // An Item that is too large is refused without a request.
      else if (name === 'IngestorError') await trace.answered();
      throw error;
    }
    await trace.answered();
  };
}

/** Reads the trace of a pipeline's posts. */
export async function readTrace(TableName: string, table: Table): Promise<PostTrace> {
  const row = async (kind: Kind) => {
    const get = new GetItemCommand({ TableName, Key: keyOf(kind), ConsistentRead: true });
    const { Item } = await table.send(get);
    return { at: Item?.['at']?.N, failure: Item?.['failure']?.S };
  };
  const [answered, failed] = await Promise.all([row('answered'), row('failed')]);
  const time = (at: string | undefined) => (at === undefined ? undefined : Number(at));
  return { answeredAt: time(answered.at), failedAt: time(failed.at), failure: failed.failure };
}
