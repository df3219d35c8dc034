import type { AccessTokens } from './access-token.js';
import { failureOf, IngestorError, ValidationError } from '../runtime/errors.js';
import { sendHttp, type HttpAnswer, type SendHttp } from '../runtime/http.js';
import { judgeAnswer, tokenMissing, tokenRefused, type Posted } from './answer.js';
import { retry } from '../runtime/retry.js';
import type { Collection, Item } from '../stac/stac.js';

export interface PostOptions {
  /** Reaches the ingestor as X-Correlation-Id. */
  readonly correlationId?: string;
  /** No further try after this, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Of one try, in milliseconds. */
  readonly timeoutMs?: number;
}

export interface Ingestor {
  /** Throws IngestorError, TokenError and ValidationError. The ingestor has queued the Item, not yet loaded it. */
  readonly postItem: (item: Item, options: PostOptions) => Promise<void>;
  readonly postCollection: (collection: Collection, options: PostOptions) => Promise<void>;
}

export interface IngestorOptions {
  /** As in config.yaml: with the stage, without a slash at the end. */
  readonly url: string;
  /** undefined for an ingestor without authentication. */
  readonly tokens: AccessTokens | undefined;
  readonly send?: SendHttp;
  /** Called with the milliseconds of every exchange. */
  readonly onAnswer?: (milliseconds: number) => void;
}

/** API Gateway gives up after 29 s. */
const TIMEOUT_MS = 30_000;
const TRIES = 3;
/** DynamoDB keeps an Item in a record of at most 400 KB (409,600 bytes), with a few fields of the ingestor beside it. */
const MAX_ITEM_BYTES = 400_000;
/** Of an API Gateway request that a Lambda answers: 6 MB. */
const MAX_COLLECTION_BYTES = 6_000_000;
/** As much for its answer: a refusal echoes what was posted, once for each fault. */
const MAX_ANSWER_BYTES = 6 * 1024 * 1024;

/** The ingestor of eoapi-cdk and its kin. Follows no redirect. */
export function ingestor(options: IngestorOptions): Ingestor {
  const base = options.url.replace(/\/+$/, '');
  return {
    postItem: async (item, post) => {
      const body = bodyOf(item, MAX_ITEM_BYTES);
      await postJson(options, { url: `${base}/ingestions`, what: 'Item', body, post });
    },
    postCollection: async (collection, post) => {
      const body = bodyOf(collection, MAX_COLLECTION_BYTES);
      await postJson(options, { url: `${base}/collections`, what: 'Collection', body, post });
    },
  };
}

function bodyOf(object: Item | Collection, maxBytes: number): string {
  const body = JSON.stringify(object);
  const bytes = Buffer.byteLength(body);
  if (bytes <= maxBytes) return body;
  throw new ValidationError(`${object.type === 'Feature' ? 'Item' : 'Collection'} '${object.id}'`, [
    `it is ${bytes} bytes of JSON, and the ingestor takes ${maxBytes} at most`,
  ]);
}

interface PostedJson extends Posted {
  readonly body: string;
  readonly post: PostOptions;
}

async function postJson(options: IngestorOptions, posted: PostedJson): Promise<void> {
  const { deadline } = posted.post;
  await retry(() => postWithToken(options, posted), { tries: TRIES, deadline });
}

/** A token that is refused is replaced once. */
async function postWithToken(options: IngestorOptions, posted: PostedJson): Promise<void> {
  const token = await options.tokens?.get();
  const answer = await exchange(options, posted, token);
  const verdict = judgeAnswer(answer, posted);
  if (verdict === 'done') return;
  if (verdict !== 'token-refused') throw verdict;
  if (token === undefined) throw tokenMissing(answer, posted);
  options.tokens?.forget(token);
  const second = await exchange(options, posted, await options.tokens?.get());
  const secondVerdict = judgeAnswer(second, posted);
  if (secondVerdict === 'done') return;
  throw secondVerdict === 'token-refused' ? tokenRefused(second, posted) : secondVerdict;
}

async function exchange(
  { send = sendHttp, onAnswer }: IngestorOptions,
  { url, body, post }: PostedJson,
  token: string | undefined,
): Promise<HttpAnswer> {
  const started = performance.now();
  try {
    return await send({
      method: 'POST',
      url,
      body,
      timeoutMs: post.timeoutMs ?? TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(post.correlationId !== undefined && { 'x-correlation-id': post.correlationId }),
      },
    });
  } catch (cause) {
    throw new IngestorError(`POST ${url} got no answer: ${failureOf(cause).message}`, {
      kind: 'transient',
      cause,
    });
  } finally {
    onAnswer?.(performance.now() - started);
  }
}
