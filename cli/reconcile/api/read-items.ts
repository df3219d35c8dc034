import { IngestorError } from '../../../lambdas/runtime/errors.js';
import { counted } from '../../shared/table.js';
import {
  fetchPage,
  sendPatiently,
  type CatalogItem,
  type ItemPage,
  type PageTools,
} from './fetch-page.js';
import { digest, NOTHING_READ, progressAfter, type ItemProgress } from './item-progress.js';
import {
  firstRequests,
  landingRequest,
  type ItemSelection,
  type PageRequest,
} from './page-request.js';

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
