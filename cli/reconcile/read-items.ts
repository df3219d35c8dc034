import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { IngestorError } from '../../lambdas/runtime/errors.js';
import { counted } from '../shared/table.js';
import { CycleWatchSchema, NO_VALUES, watchCycle } from './cycle-watch.js';
import {
  fetchPage,
  sendPatiently,
  type CatalogItem,
  type ItemPage,
  type PageTools,
} from './fetch-page.js';
import {
  firstRequests,
  landingRequest,
  PageRequestSchema,
  type ItemSelection,
  type PageRequest,
} from './page-request.js';

export const ItemProgressSchema = z.object({
  /** The request for the next page; undefined before the first and after the last. */
  next: z.optional(PageRequestSchema),
  /** The request for the last page that was read. */
  last: z.optional(PageRequestSchema),
  isDone: z.boolean(),
  pages: z.number(),
  /** Items of the Collection so far; one that came twice counts twice. */
  read: z.number(),
  /** Number of Items by the server's own count; undefined if it does not count them. */
  matched: z.optional(z.number()),
  emptyPages: z.number(),
  links: CycleWatchSchema,
  contents: CycleWatchSchema,
});

/** How far the pages of a Collection have been read. */
export type ItemProgress = z.infer<typeof ItemProgressSchema>;

export const NOTHING_READ: ItemProgress = {
  isDone: false,
  pages: 0,
  read: 0,
  emptyPages: 0,
  links: NO_VALUES,
  contents: NO_VALUES,
};

export interface ItemReader extends PageTools {
  readonly selection: ItemSelection;
  /** @default 1000 */
  readonly pageSize?: number | undefined;
}

export interface ReadPage {
  readonly items: readonly CatalogItem[];
  readonly progress: ItemProgress;
}

/**
 * Yields the Items of a Collection page by page, from `progress` on. Throws IngestorError if a page cannot be read, or if
 * the pages repeat, so that it is unknown which Items there are.
 */
export async function* readItems(
  reader: ItemReader,
  progress: ItemProgress = NOTHING_READ,
): AsyncGenerator<ReadPage, void> {
  let current = progress;
  while (!current.isDone) {
    const { page, request } = await pageAfter(current, reader);
    const { collection } = reader.selection;
    // A server that ignores `collections` returns all Items.
    const items = page.items.filter((item) => (item.collection ?? collection) === collection);
    current = progressAfter(current, { ...page, request }, items.length);
    yield { items, progress: current };
  }
}

interface FetchedPage {
  readonly page: ItemPage;
  readonly request: PageRequest;
}

async function pageAfter(progress: ItemProgress, reader: ItemReader): Promise<FetchedPage> {
  const { next, pages } = progress;
  if (next === undefined) return firstPage(reader);
  try {
    const page = await fetchPage(next, reader, FIRST_TRIES).catch(async (cause: unknown) => {
      const again = isRefused(cause) ? await lastPageAgain(progress, reader) : undefined;
      return again ?? fetchPage(next, reader);
    });
    return 'page' in page ? page : { page, request: next };
  } catch (cause) {
    const advice =
      `the pages before it are kept (${counted(pages, 'page')}), so the same command goes on there; ` +
      'with --fresh it starts over, with --page-size it asks for pages of another size';
    throw explained(cause, advice);
  }
}

/** Statuses of a server that is down or overloaded. */
const DOWN: readonly (number | undefined)[] = [undefined, 429, 502, 503, 504];

function isRefused(error: unknown): boolean {
  return error instanceof IngestorError && !DOWN.includes(error.status);
}

/**
 * Requests the last page once more, because the link of pgSTAC names the last Item of a page, which may have been deleted.
 * The page then ends with another Item. Returns undefined if its link is still the same.
 */
async function lastPageAgain(
  { last, next }: ItemProgress,
  reader: ItemReader,
): Promise<FetchedPage | undefined> {
  if (last === undefined || next === undefined) return undefined;
  const page = await fetchPage(last, reader, FIRST_TRIES).catch(() => undefined);
  const isSame = page?.next !== undefined && digest(page.next) === digest(next);
  return page === undefined || isSame ? undefined : { page, request: last };
}

function explained(cause: unknown, advice: string): unknown {
  if (!(cause instanceof IngestorError)) return cause;
  const { kind, status } = cause;
  const options = { kind, cause, ...(status !== undefined && { status }) };
  return new IngestorError(`${cause.message}; ${advice}`, options);
}

const FIRST_TRIES = 3;

/** Tries requests that ask for less and less, and throws the error of the first one. */
async function firstPage(reader: ItemReader): Promise<FetchedPage> {
  await awaitServer(reader);
  let first: unknown;
  for (const request of firstRequests(reader.selection, reader.pageSize)) {
    try {
      return { page: await fetchPage(request, reader, FIRST_TRIES), request };
    } catch (error) {
      first ??= error;
      if (reader.signal?.aborted === true) break;
    }
  }
  throw first;
}

/** Waits until the server answers, so that later failures are about the request. */
async function awaitServer(reader: ItemReader): Promise<void> {
  try {
    await sendPatiently(landingRequest(reader.selection), reader);
  } catch (error) {
    if (!(error instanceof IngestorError && error.status !== undefined && error.status < 500))
      throw error;
  }
}

const MAX_REPEATED_CONTENTS = 3;
/** Servers that filter after they have cut a page return some empty ones. */
const MAX_EMPTY_PAGES = 1000;

/** Throws IngestorError if the pages do not come to an end. */
function progressAfter(
  before: ItemProgress,
  page: ItemPage & { readonly request: PageRequest },
  count: number,
): ItemProgress {
  const { next, items, matched, request } = page;
  const emptyPages = items.length === 0 ? before.emptyPages + 1 : 0;
  const links = next === undefined ? before.links : watchCycle(before.links, digest(next));
  const contents =
    items.length === 0
      ? before.contents
      : watchCycle(before.contents, digest(items.map(({ id }) => id)));
  const progress = {
    ...(next !== undefined && { next }),
    last: request,
    isDone: next === undefined,
    pages: before.pages + 1,
    read: before.read + count,
    matched: matched ?? before.matched,
    emptyPages,
    links,
    contents,
  };
  if (links.hits > 0) throw endless('gave the same next link twice', progress);
  if (contents.hits >= MAX_REPEATED_CONTENTS) throw endless('repeats its pages', progress);
  if (emptyPages >= MAX_EMPTY_PAGES)
    throw endless(`gave ${MAX_EMPTY_PAGES} empty pages one after the other`, progress);
  return progress;
}

function endless(what: string, { next, pages, read }: ItemProgress): IngestorError {
  return new IngestorError(
    `the STAC API ${what}, so its list of Items does not end (${pages} pages with ${read} Items, next: ` +
      `${next?.method ?? ''} ${next?.url ?? ''}): nothing is known of the Items that it did not give. ` +
      'Items may have been deleted while it was read: run the command again with --fresh, or report it to those who run the API',
    { kind: 'permanent' },
  );
}

function digest(value: PageRequest | readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
}
