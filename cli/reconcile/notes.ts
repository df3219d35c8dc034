import { IngestorError } from '../../lambdas/runtime/errors.js';
import type { Comparison } from './compare.js';
import { sendPatiently } from './api/fetch-page.js';
import { collectionUrl } from './api/page-request.js';
import type { Reconciliation } from './reconciliation.js';
import type { State } from './state.js';

/** Returns what a reader must know to judge the numbers. */
export async function notesOf(
  run: Reconciliation,
  state: State,
  comparison: Comparison,
): Promise<string[]> {
  const { expected, missing, younger, repeated } = comparison;
  const { refused, unidentified, archived } = state.rows;
  const isWhole = run.chunks.length === 1;
  return [
    ...(state.items.read === 0 ? [await noItemsNote(run)] : []),
    ...(expected > 0 && missing === expected && state.items.read > 0
      ? [
          'no expected Item is in the catalogue although it has Items: does itemIdOf in historic.ts return the ids that createItem makes?',
        ]
      : []),
    ...(younger > 0
      ? [
          `the inventory is of ${new Date(state.reportTime).toISOString()}, and ${younger} Items are so young that their granules need not be in it: compare again with the next report`,
        ]
      : []),
    ...(repeated > 0 && isWhole
      ? [`the STAC API gave ${repeated} Items more than once; each counts once`]
      : []),
    ...(state.items.short > 0
      ? [
          `the STAC API counts ${state.items.short} Items more than its pages gave: it may only estimate, or Items were deleted meanwhile, or its pages are not whole`,
        ]
      : []),
    ...(unidentified > 0
      ? ['itemIdOf in historic.ts returned no id for some rows that become messages']
      : []),
    ...(refused > 0
      ? [
          `the backfill refuses rows: npm run backfill -- ${run.target.pipeline} dry-run lists the first`,
        ]
      : []),
    ...(archived > 0
      ? ['archived objects are left out, as in the backfill, and their Items are not a surplus']
      : []),
  ];
}

const NO_ITEMS = 'the STAC API gave no Item';

async function noItemsNote(run: Reconciliation): Promise<string> {
  const selection = { api: run.api, collection: run.collection };
  try {
    await sendPatiently({ method: 'GET', url: collectionUrl(selection) }, run, 1);
    return NO_ITEMS;
  } catch (error) {
    if (error instanceof IngestorError && error.status === 404)
      return `the STAC API has no Collection ${run.collection}: is ${run.api} the right one?`;
    return NO_ITEMS;
  }
}
