import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { IngestorError } from '../../../lambdas/runtime/errors.js';
import { CycleWatchSchema, NO_VALUES, watchCycle } from './cycle-watch.js';
import type { ItemPage } from './fetch-page.js';
import { PageRequestSchema, type PageRequest } from './page-request.js';

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

const MAX_REPEATED_CONTENTS = 3;
/** Servers that filter after they have cut a page return some empty ones. */
const MAX_EMPTY_PAGES = 1000;

/** Throws IngestorError if the pages do not come to an end. */
export function progressAfter(
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

export function digest(value: PageRequest | readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
}
