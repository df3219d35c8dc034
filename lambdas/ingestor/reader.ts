import * as z from 'zod/mini';
import type { AccessTokens } from './access-token.js';
import { failureOf, IngestorError } from '../runtime/errors.js';
import { sendHttp, type HttpAnswer, type SendHttp } from '../runtime/http.js';
import { excerpt } from '../runtime/excerpt.js';
import { tryParseJson } from '../runtime/json.js';
import { retry } from '../runtime/retry.js';

/** What became of a posted Item, as the ingestor says. */
export interface Ingestion {
  readonly id: string;
  /** Of eoapi-cdk: started, queued, failed, succeeded or cancelled. */
  readonly status: string;
  /** Why it failed. */
  readonly message: string | undefined;
  readonly collection: string | undefined;
  readonly updatedAt: string | undefined;
}

export interface IngestionPage {
  readonly ingestions: readonly Ingestion[];
  /** There are more than this page holds; a second page cannot be relied on (the ingestor may answer it with 500). */
  readonly hasMore: boolean;
}

export interface IngestorReader {
  /** undefined where the ingestor knows no such Item of this client. Throws IngestorError and TokenError. */
  readonly getIngestion: (id: string) => Promise<Ingestion | undefined>;
  /** Everybody's ingestions of one status. Throws IngestorError and TokenError. */
  readonly listIngestions: (status: string) => Promise<IngestionPage>;
}

export interface IngestorReaderOptions {
  /** As in config.yaml. */
  readonly url: string;
  /** undefined: requests go without a token, which suffices for the list. */
  readonly tokens: AccessTokens | undefined;
  readonly send?: SendHttp;
  /** Of one request. @default 30,000 */
  readonly timeoutMs?: number;
  /** Calls at most. @default 3 */
  readonly tries?: number;
}

const TIMEOUT_MS = 30_000;
const RETRY_TIMEOUT_MS = 20_000;
/** A page is 1 MB of DynamoDB records, which is more as JSON. */
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
  const base = `${options.url.replace(/\/+$/, '')}/ingestions`;
  return {
    getIngestion: async (id) => {
      const url = `${base}/${encodeURIComponent(id)}`;
      const answer = await get(options, url);
      // Any other 404 means that the path is wrong, not that the Item is unknown.
      if (answer.status === 404 && answer.body.includes('No ingestion found')) return undefined;
      return ingestionOf(parseAnswer(answer, { url, schema: IngestionSchema }));
    },
    listIngestions: async (status) => {
      const url = `${base}?status=${encodeURIComponent(status)}&limit=${PAGE_SIZE}`;
      const page = parseAnswer(await get(options, url), { url, schema: PageSchema });
      return { ingestions: page.items.map(ingestionOf), hasMore: typeof page.next === 'string' };
    },
  };
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

/** A token that is refused is replaced once; an ingestor that is busy is asked again. */
function get(options: IngestorReaderOptions, url: string): Promise<HttpAnswer> {
  return retry(() => getOnce(options, url), {
    tries: options.tries ?? 3,
    deadline: Date.now() + RETRY_TIMEOUT_MS,
  });
}

async function getOnce(options: IngestorReaderOptions, url: string): Promise<HttpAnswer> {
  const { tokens } = options;
  const token = await tokens?.get();
  const answer = await exchange(options, url, token);
  if (!refusesToken(answer) || tokens === undefined || token === undefined) {
    return passing(answer, url);
  }
  tokens.forget(token);
  return passing(await exchange(options, url, await tokens.get()), url);
}

function refusesToken({ status, body }: HttpAnswer): boolean {
  return status === 401 || (status === 403 && body.includes('Bad auth token'));
}

function passing(answer: HttpAnswer, url: string): HttpAnswer {
  if (answer.status < 500 && answer.status !== 429) return answer;
  throw refusal(answer, url);
}

async function exchange(
  { send = sendHttp, timeoutMs = TIMEOUT_MS }: IngestorReaderOptions,
  url: string,
  token: string | undefined,
): Promise<HttpAnswer> {
  const headers = {
    accept: 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  try {
    return await send({ method: 'GET', url, timeoutMs, maxBytes: MAX_BYTES, headers });
  } catch (cause) {
    throw new IngestorError(`GET ${url} got no answer: ${failureOf(cause).message}`, {
      kind: 'transient',
      cause,
    });
  }
}

interface Expected<S> {
  readonly url: string;
  readonly schema: S;
}

function parseAnswer<S extends z.ZodMiniType>(
  answer: HttpAnswer,
  { url, schema }: Expected<S>,
): z.infer<S> {
  if (answer.status !== 200) throw refusal(answer, url);
  const parsed = schema.safeParse(tryParseJson(answer.body.toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new IngestorError(`GET ${url} answered 200 with something that is no ingestion`, {
    status: 200,
    kind: 'permanent',
  });
}

function refusal({ status, body }: HttpAnswer, url: string): IngestorError {
  const text = excerpt(body.toString('utf8').trim());
  return new IngestorError(`GET ${url} answered ${status}: ${text === '' ? '(no body)' : text}`, {
    status,
    kind: status >= 500 || status === 429 ? 'transient' : 'permanent',
  });
}
