import type { Collection, Item } from '../../lambdas/stac/stac.js';
import type { RunFolder } from '../run/folder.js';
import { failureCount, type RunSummary } from '../run/summary.js';
import { renderPage } from './page.js';
import { MAX_ITEMS_ON_PAGE, type PageItem, toPageItem } from './page-data.js';

/** index.html of a run: its Items on a map. */
export function writeRunPage(
  folder: RunFolder,
  { id, title }: Collection,
  summary: RunSummary,
): void {
  const items: PageItem[] = [];
  for (const text of folder.itemTexts()) {
    if (items.length === MAX_ITEMS_ON_PAGE) break;
    items.push(toPageItem(JSON.parse(text) as Item));
  }
  folder.writePage(
    renderPage({ title: title ?? id, summary: sentence(summary), items, total: folder.itemCount }),
  );
}

function sentence(summary: RunSummary): string {
  const { items, isDryRun, isInterrupted } = summary;
  const failed = failureCount(summary);
  const parts = [
    `${items} ${items === 1 ? 'Item' : 'Items'}${isDryRun ? ' of a dry run, posted nowhere' : ''}`,
    ...(failed > 0 ? [`${failed} failed: dead-letters.ndjson says why`] : []),
    ...(isInterrupted ? ['the run was interrupted'] : []),
  ];
  return `${parts.join('; ')}.`;
}
