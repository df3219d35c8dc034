import * as z from 'zod/mini';
import { sendHttp, type SendHttp } from '../../lambdas/runtime/http.js';
import { tryParseJson } from '../../lambdas/runtime/json.js';
import { withoutTrailingSlashes } from '../../lambdas/runtime/text.js';
import { CommandError } from '../shared/command.js';
import { errorText } from '../shared/deployed-pipeline.js';
import { isoTime } from '../redrive/dead-letter.js';
import type { TraceEvent } from './event.js';
import type { Source } from './source.js';
import { mentions, unique, type TraceSubject } from './subject.js';

export interface CatalogueSettings {
  /** stac_api_url of the pipeline. */
  readonly stacApiUrl: string;
  readonly collection: string;
  readonly send?: SendHttp;
}

const TIMEOUT_MS = 20_000;
/** No id begins with it. */
const GUESS = '\u0000';
const MAX_BYTES = 8 * 1024 * 1024;

const ItemSchema = z.object({
  id: z.string(),
  properties: z.object({
    datetime: z.nullish(z.string()),
    created: z.nullish(z.string()),
    updated: z.nullish(z.string()),
  }),
});

/** The Item in the STAC API, by its id, or by one that the name of the object suggests. */
export function catalogueItems({
  stacApiUrl,
  collection,
  send = sendHttp,
}: CatalogueSettings): Source {
  const base = `${withoutTrailingSlashes(stacApiUrl)}/collections/${encodeURIComponent(collection)}/items`;
  return {
    name: 'catalogue',
    // A guess is asked for again once another source says that it is the id.
    wants: ({ itemIds, guesses }) => [...itemIds, ...guesses.map((guess) => `${GUESS}${guess}`)],
    without: 'no Item id is known for it',
    ask: async ({ subject, wanted, deadline }) => {
      const timeoutMs = Math.max(1_000, Math.min(TIMEOUT_MS, deadline - Date.now()));
      const ids = unique(wanted.map((word) => word.replace(GUESS, '')));
      const found = await Promise.all(
        ids.map((id) =>
          getItem({ url: `${base}/${encodeURIComponent(id)}`, id, timeoutMs }, subject, send),
        ),
      );
      return { events: found.filter((event) => event !== undefined) };
    },
  };
}

interface ItemRequest {
  readonly url: string;
  readonly id: string;
  readonly timeoutMs: number;
}

async function getItem(
  { url, id, timeoutMs }: ItemRequest,
  subject: TraceSubject,
  send: SendHttp,
): Promise<TraceEvent | undefined> {
  const headers = { accept: 'application/geo+json, application/json' };
  const { status, body } = await send({
    method: 'GET',
    url,
    headers,
    timeoutMs,
    maxBytes: MAX_BYTES,
  }).catch((cause: unknown) => {
    throw new CommandError(`GET ${url} failed: ${errorText(cause)}`, { cause });
  });
  if (status === 404) return undefined;
  if (status !== 200) throw new CommandError(`GET ${url} returned HTTP status ${status}`);
  const text = body.toString('utf8');
  const item = ItemSchema.safeParse(tryParseJson(text)).data;
  if (item?.id !== id)
    throw new CommandError(`GET ${url} returned a response that is not the Item`);
  // A guessed id may be that of an Item of something else.
  if (!subject.itemIds.includes(id) && !mentions(text, subject.texts)) return undefined;
  const { updated, created } = item.properties;
  const made = isoTime(updated ?? created ?? undefined);
  return {
    source: 'catalogue',
    kind: 'item',
    at: made,
    what: `the Item is in the catalogue${made === undefined ? '' : ', and says that it was made at this time'}`,
    itemIds: [id],
  };
}
