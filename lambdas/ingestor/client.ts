import type { AccessTokens } from './access-token.js';
import { failureOf, IngestorError, TokenError, ValidationError } from '../runtime/errors.js';
import { sendHttp, type HttpResponse, type SendHttp } from '../runtime/http.js';
import {
  judgeResponse,
  tokenMissing,
  tokenRefused,
  TokenRefusedError,
  type Posted,
} from './response.js';
import { TokenTrials } from './token-trial.js';
import { isTransient, retry } from '../runtime/retry.js';
import type { Collection, Item } from '../stac/stac.js';
import { withoutTrailingSlashes } from '../runtime/text.js';

export interface PostOptions {
  /** Sent as the header X-Correlation-Id. */
  readonly correlationId?: string;
  /** Time after which there is no further retry, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Timeout of one request, in milliseconds. @default 30,000 */
  readonly timeoutMs?: number;
}

export interface Ingestor {
  /**
   * Posts an Item. Afterwards the ingestor has queued the Item, but not necessarily loaded it.
   * Throws IngestorError, TokenError and ValidationError.
   */
  readonly postItem: (item: Item, options: PostOptions) => Promise<void>;
  /** Posts a Collection. Throws IngestorError, TokenError and ValidationError. */
  readonly postCollection: (collection: Collection, options: PostOptions) => Promise<void>;
}

export interface IngestorOptions {
  /** The key `ingestor_url` of config.yaml: with the stage, without a trailing slash. */
  readonly url: string;
  /** Undefined for an ingestor without authentication. */
  readonly tokens: AccessTokens | undefined;
  readonly send?: SendHttp;
  /** Called with the duration of every request in milliseconds. */
  readonly onResponse?: (milliseconds: number) => void;
}

/** API Gateway times out after 29 s. */
const TIMEOUT_MS = 30_000;
const TRIES = 3;
/** The ingestor stores an Item with a few additional fields in one DynamoDB item, which has at most 400 KB (409,600 bytes). */
const MAX_ITEM_BYTES = 400_000;
/** Lambda accepts at most 6 MB of payload from API Gateway. */
const MAX_COLLECTION_BYTES = 6_000_000;
/** Lambda's limit for a response. An error repeats what was posted, once for each fault. */
const MAX_RESPONSE_BYTES = 6 * 1024 * 1024;

/** Creates a client of an ingestor such as that of eoapi-cdk. It does not follow redirects. */
export function ingestor(options: IngestorOptions): Ingestor {
  const base = withoutTrailingSlashes(options.url);
  const { tokens } = options;
  const client: Client = { ...options, trials: tokens && new TokenTrials(tokens) };
  return {
    postItem: async (item, post) => {
      const body = bodyOf(item, MAX_ITEM_BYTES);
      await postJson(client, { url: `${base}/ingestions`, what: 'Item', id: item.id, body, post });
    },
    postCollection: async (collection, post) => {
      const body = bodyOf(collection, MAX_COLLECTION_BYTES);
      await postJson(client, {
        url: `${base}/collections`,
        what: 'Collection',
        id: collection.id,
        body,
        post,
      });
    },
  };
}

function bodyOf(object: Item | Collection, maxBytes: number): string {
  const body = JSON.stringify(object);
  const bytes = Buffer.byteLength(body);
  if (bytes <= maxBytes) return body;
  throw new ValidationError(`${object.type === 'Feature' ? 'Item' : 'Collection'} '${object.id}'`, [
    `it has ${bytes} bytes as JSON, and the ingestor accepts at most ${maxBytes}`,
  ]);
}

interface PostedJson extends Posted {
  readonly body: string;
  readonly post: PostOptions;
}

interface Client extends IngestorOptions {
  readonly trials: TokenTrials<HttpResponse> | undefined;
}

async function postJson(client: Client, posted: PostedJson): Promise<void> {
  const { deadline } = posted.post;
  await retry(() => postWithToken(client, posted), { tries: TRIES, deadline, isRetryable });
}

/** A token that is missing or refused is the same for all posts of an invocation, so none of them tries again. */
function isRetryable(error: unknown): boolean {
  if (error instanceof TokenRefusedError || error instanceof TokenError) return false;
  return isTransient(error);
}

/** Replaces a refused token once, together with all other posts. */
async function postWithToken(client: Client, posted: PostedJson): Promise<void> {
  const { tokens, trials } = client;
  const token = await tokens?.get();
  const response = await send(client, posted, token);
  const verdict = judgeResponse(response, posted);
  if (verdict === 'done') return;
  if (verdict !== 'token-refused') throw verdict;
  if (token === undefined || trials === undefined) throw tokenMissing(response, posted);
  const second = await trials.retry(token, async (next) => {
    const sent = await send(client, posted, next);
    return { response: sent, isRefused: judgeResponse(sent, posted) === 'token-refused' };
  });
  const secondVerdict = judgeResponse(second, posted);
  if (secondVerdict === 'done') return;
  if (secondVerdict !== 'token-refused') throw secondVerdict;
  throw tokenRefused(second, posted, tokens?.scope?.());
}

async function send(
  { send: sendRequest = sendHttp, onResponse }: IngestorOptions,
  { url, body, post }: PostedJson,
  token: string | undefined,
): Promise<HttpResponse> {
  const started = performance.now();
  try {
    return await sendRequest({
      method: 'POST',
      url,
      body,
      timeoutMs: post.timeoutMs ?? TIMEOUT_MS,
      maxBytes: MAX_RESPONSE_BYTES,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(post.correlationId !== undefined && { 'x-correlation-id': post.correlationId }),
      },
    });
  } catch (cause) {
    throw new IngestorError(`POST ${url} got no response: ${failureOf(cause).message}`, {
      kind: 'transient',
      cause,
    });
  } finally {
    onResponse?.(performance.now() - started);
  }
}
