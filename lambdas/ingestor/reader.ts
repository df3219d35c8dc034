import * as z from 'zod/mini';
import type { AccessTokens } from './access-token.js';
import { failureOf, IngestorError, TokenError } from '../runtime/errors.js';
import { isBusyStatus, sendHttp, type HttpResponse, type SendHttp } from '../runtime/http.js';
import { excerpt, withoutTrailingSlashes } from '../runtime/text.js';
import { tryParseJson } from '../runtime/json.js';
import { isTransient, retry } from '../runtime/retry.js';

/** The state of a posted Item, as the ingestor reports it. */
export interface Ingestion {
  readonly id: string;
  /** In eoapi-cdk: started, queued, failed, succeeded or cancelled. */
  readonly status: string;
  /** The reason of a failure. */
  readonly message: string | undefined;
  readonly collection: string | undefined;
  readonly updatedAt: string | undefined;
}

export interface IngestionPage {
  readonly ingestions: readonly Ingestion[];
  /** True if there are more. The second page is not read, because the ingestor may return 500 for it. */
  readonly hasMore: boolean;
}

/** Why the ingestor shows no ingestion: it has none, or another user posted the Item. */
export type NoIngestion = 'missing' | 'of-another-user';

export interface IngestorReader {
  /**
   * Asks for the ingestion of an Item. The ingestor shows each user its own only, so one that is missing is asked for again
   * with a token of the latest client, if `postedBy` is not the user of the token. Throws IngestorError and TokenError.
   *
   * @param postedBy the user that posted the Item; undefined if it is not known
   */
  readonly getIngestion: (id: string, postedBy?: string) => Promise<Ingestion | NoIngestion>;
  /** Lists the ingestions of all clients that have one status. Throws IngestorError and TokenError. */
  readonly listIngestions: (status: string) => Promise<IngestionPage>;
}

export interface IngestorReaderOptions {
  /** The key `ingestor_url` of config.yaml. */
  readonly url: string;
  /** Undefined to send no token, which is enough to list ingestions. */
  readonly tokens: AccessTokens | undefined;
  readonly send?: SendHttp;
  /** Timeout of one request, in milliseconds. @default 30,000 */
  readonly timeoutMs?: number;
  /** Maximum number of requests for one call. @default 3 */
  readonly tries?: number;
}

const TIMEOUT_MS = 30_000;
const RETRY_TIMEOUT_MS = 20_000;
/** A page is 1 MB of DynamoDB items, which are larger as JSON. */
const MAX_BYTES = 16 * 1024 * 1024;
const PAGE_SIZE = 1000;

const IngestionSchema = z.object({
  id: z.string(),
  status: z.string(),
  message: z.nullish(z.string()),
  updated_at: z.nullish(z.string()),
  item: z.nullish(z.object({ collection: z.nullish(z.string()) })),
});
const PageSchema = z.object({ items: z.array(IngestionSchema), next: z.nullish(z.string()) });

export function ingestorReader(options: IngestorReaderOptions): IngestorReader {
  const base = `${withoutTrailingSlashes(options.url)}/ingestions`;
  return {
    getIngestion: async (id, postedBy) => {
      const url = `${base}/${encodeURIComponent(id)}`;
      const { tokens } = options;
      const isOwn = () => postedBy !== undefined && tokens?.user?.() === postedBy;
      let response = await get(options, url);
      if (isMissing(response) && tokens?.refresh !== undefined && !isOwn()) {
        await tokens.refresh();
        response = await get(options, url);
      }
      if (!isMissing(response))
        return ingestionOf(parseBody(response, { url, schema: IngestionSchema }));
      return postedBy === undefined || isOwn() ? 'missing' : 'of-another-user';
    },
    listIngestions: async (status) => {
      const url = `${base}?status=${encodeURIComponent(status)}&limit=${PAGE_SIZE}`;
      const page = parseBody(await get(options, url), { url, schema: PageSchema });
      return { ingestions: page.items.map(ingestionOf), hasMore: typeof page.next === 'string' };
    },
  };
}

/** Any other 404 means that the path is wrong, not that there is no such ingestion. */
function isMissing({ status, body }: HttpResponse): boolean {
  return status === 404 && body.includes('No ingestion found');
}

function ingestionOf({ id, status, message, updated_at, item }: z.infer<typeof IngestionSchema>) {
  return {
    id,
    status,
    message: message ?? undefined,
    collection: item?.collection ?? undefined,
    updatedAt: updated_at ?? undefined,
  };
}

/** Replaces a refused token once, and retries while the ingestor is busy. */
function get(options: IngestorReaderOptions, url: string): Promise<HttpResponse> {
  return retry(() => getOnce(options, url), {
    tries: options.tries ?? 3,
    deadline: Date.now() + RETRY_TIMEOUT_MS,
    // The token endpoint was asked several times already.
    isRetryable: (error) => !(error instanceof TokenError) && isTransient(error),
  });
}

async function getOnce(options: IngestorReaderOptions, url: string): Promise<HttpResponse> {
  const { tokens } = options;
  const token = await tokens?.get();
  const response = await send(options, url, token);
  if (!refusesToken(response) || tokens === undefined || token === undefined) {
    return checkAvailable(response, url);
  }
  tokens.forget(token);
  return checkAvailable(await send(options, url, await tokens.get()), url);
}

function refusesToken({ status, body }: HttpResponse): boolean {
  return status === 401 || (status === 403 && body.includes('Bad auth token'));
}

function checkAvailable(response: HttpResponse, url: string): HttpResponse {
  if (!isBusyStatus(response.status)) return response;
  throw refusal(response, url);
}

async function send(
  { send: sendRequest = sendHttp, timeoutMs = TIMEOUT_MS }: IngestorReaderOptions,
  url: string,
  token: string | undefined,
): Promise<HttpResponse> {
  const headers = {
    accept: 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  try {
    return await sendRequest({ method: 'GET', url, timeoutMs, maxBytes: MAX_BYTES, headers });
  } catch (cause) {
    throw new IngestorError(`GET ${url} got no response: ${failureOf(cause).message}`, {
      kind: 'transient',
      cause,
    });
  }
}

interface Expected<S> {
  readonly url: string;
  readonly schema: S;
}

function parseBody<S extends z.ZodMiniType>(
  response: HttpResponse,
  { url, schema }: Expected<S>,
): z.infer<S> {
  if (response.status !== 200) throw refusal(response, url);
  const parsed = schema.safeParse(tryParseJson(response.body.toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new IngestorError(`GET ${url} returned 200 with a body that is not an ingestion`, {
    status: 200,
    kind: 'permanent',
  });
}

function refusal({ status, body }: HttpResponse, url: string): IngestorError {
  const text = excerpt(body.toString('utf8').trim());
  return new IngestorError(`GET ${url} returned ${status}: ${text === '' ? '(no body)' : text}`, {
    status,
    kind: isBusyStatus(status) ? 'transient' : 'permanent',
  });
}
