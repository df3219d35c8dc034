import type { ChunkItems } from '../../lambdas/backfill/historic-pipeline.js';
import { duration } from '../../local/run/progress.js';
import type { ItemFlag } from './compare.js';
import type { CatalogItem } from './api/fetch-page.js';
import { escaped } from './lines.js';
import type { LineOf } from './progress.js';
import { NOTHING_READ } from './api/item-progress.js';
import { readItems } from './api/read-items.js';
import { knowsSurplus, type Reconciliation } from './reconciliation.js';
import type { State } from './state.js';

/** Reads the ids of the Items into the workspace. Returns undefined if it was stopped before the end. */
export async function itemsStage(state: State, run: Reconciliation): Promise<State | undefined> {
  let current = state;
  const ranges = rangesOf(run);
  for (const range of ranges.slice(state.items.ranges)) {
    const next = await rangeItems(range, current, run);
    if (next === undefined) return undefined;
    current = next;
  }
  return current;
}

/** The times of the chunks' Items; undefined stands for all Items. */
function rangesOf({ chunks, target }: Reconciliation): readonly (ChunkItems | undefined)[] {
  const { itemsOfChunk } = target.historic.pipeline;
  if (itemsOfChunk === undefined) return [undefined];
  return chunks.map((chunk) => (chunk === undefined ? undefined : itemsOfChunk(chunk)));
}

async function rangeItems(
  range: ChunkItems | undefined,
  state: State,
  run: Reconciliation,
): Promise<State | undefined> {
  const { workspace, api, collection, selects } = run;
  const properties = selects === undefined ? [] : ['processing:software'];
  const file = workspace.open(workspace.items, state.items.bytes);
  const flagOf = flags(range, state, run);
  let current = state;
  try {
    const reader = { ...run, selection: { api, collection, range, properties } };
    for await (const { items, progress } of readItems(reader, state.items.progress)) {
      const selected = selects === undefined ? items : items.filter(selects.accepts);
      for (const item of selected) file.append(`${escaped(item.id)}\t${flagOf(item)}`);
      file.flush();
      current = { ...current, items: { ...current.items, bytes: file.size, progress } };
      workspace.write(current);
      run.show('items', itemsLine(state, current));
      if (run.isStopped() && !progress.isDone) return undefined;
    }
  } catch (error) {
    if (run.isStopped()) return undefined;
    throw error;
  } finally {
    file.close();
  }
  const { ranges, bytes, read, short, progress } = current.items;
  const items = {
    ranges: ranges + 1,
    bytes,
    read: read + progress.read,
    short: short + Math.max(0, (progress.matched ?? 0) - progress.read),
    progress: NOTHING_READ,
  };
  current = { ...current, items };
  workspace.write(current);
  return current;
}

/** S3 lists an object in the reports that it begins some time after the object was written. */
const REPORT_LAG_MS = 48 * 60 * 60 * 1000;

function flags(
  range: ChunkItems | undefined,
  { reportTime, dt }: State,
  run: Reconciliation,
): (item: CatalogItem) => ItemFlag {
  const youngFrom = dt === undefined ? reportTime : reportTime - REPORT_LAG_MS;
  const isKnown = knowsSurplus(run);
  return ({ id, time }) => {
    if (!isKnown || range?.includes?.(id) === false) return 'o';
    return time !== undefined && time >= youngFrom ? 'y' : 's';
  };
}

function itemsLine({ items: begun }: State, { items }: State): LineOf {
  const { read, matched } = items.progress;
  return (seconds) => {
    const perSecond = (items.read + read - begun.read - begun.progress.read) / seconds;
    const all = items.read + read;
    const text = `catalogue: ${all} Items, ${Math.round(perSecond)}/s`;
    if (matched === undefined || matched < read) return { text };
    const left = perSecond > 0 ? `, ${duration((matched - read) / perSecond)} left` : '';
    return { text: `${text} of ${matched}${left}`, share: matched === 0 ? 1 : read / matched };
  };
}
