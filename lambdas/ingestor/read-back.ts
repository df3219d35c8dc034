import { isDeepStrictEqual } from 'node:util';
import { failureOf, IngestorError } from '../runtime/errors.js';
import { sendHttp, type SendHttp } from '../runtime/http.js';
import { retry } from '../runtime/retry.js';
import type { Collection } from '../stac/stac.js';
import { withoutTrailingSlashes } from '../runtime/text.js';

export interface VerifyOptions {
  readonly stacApiUrl: string;
  /** Time after which there is no further retry, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly send?: SendHttp;
}

/** The fields that a STAC API returns unchanged. It creates links itself and may format times differently. */
const COMPARED = [
  'title',
  'description',
  'license',
  'keywords',
  'summaries',
  'item_assets',
] as const;
const TRIES = 6;
const TIMEOUT_MS = 10_000;

/**
 * Reads the Collection from the STAC API until it equals the posted one, because an ingestor may return 201 and keep the
 * old one. Throws a transient IngestorError if they still differ at the deadline.
 */
export async function verifyCollection(
  collection: Collection,
  { stacApiUrl, deadline, send = sendHttp }: VerifyOptions,
): Promise<void> {
  const url = `${withoutTrailingSlashes(stacApiUrl)}/collections/${encodeURIComponent(collection.id)}`;
  await retry(
    async () => {
      const stored = await read(url, send);
      const other = COMPARED.filter(
        (field) => !isDeepStrictEqual(stored[field], collection[field]),
      );
      if (other.length === 0) return;
      throw new IngestorError(
        `the Collection was posted, but ${url} still returns a different ${other.join(', ')}`,
        { kind: 'transient' },
      );
    },
    { tries: TRIES, deadline, backoff: { firstMs: 1_000 } },
  );
}

async function read(url: string, send: SendHttp): Promise<Record<string, unknown>> {
  try {
    const { status, body } = await send({ method: 'GET', url, timeoutMs: TIMEOUT_MS });
    if (status !== 200) throw new Error(`HTTP status ${status}`);
    return JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new IngestorError(
      `the Collection was posted, but cannot be read back from ${url}: ${failureOf(cause).message}`,
      {
        kind: 'transient',
        cause,
      },
    );
  }
}
