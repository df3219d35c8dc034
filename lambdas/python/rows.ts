import { nextDay } from '../backfill/day.js';
import type { HistoricPipeline } from '../backfill/historic-pipeline.js';
import type { Row } from '../inventory/result-csv.js';
import { s3EventBody } from '../source/s3-event.js';
import { granulePattern, itemIdIn, namesItemId, sqlPattern } from './granule-pattern.js';
import { granuleBucket } from './keys.js';

/**
 * The backfill of a pipeline without historic.ts: every key of the inventory that matches granule_pattern, as an event
 * of S3. A chunk is a day, written as YYYY-MM-DD, and selects the objects that were last modified on it. The id of a granule's Item is what the group `(?<id>...)` of granule_pattern matches.
 */
export const KEY_ROWS: HistoricPipeline = {
  queryInventory: ({ chunk }) => {
    const matches = `regexp_like(key, '${sqlPattern().replaceAll("'", "''")}')`;
    const select = `SELECT key FROM inventory WHERE ${matches}`;
    if (chunk === undefined) return select;
    const [from, to] = [chunk, nextDay(chunk)].map((day) => `timestamp '${day} 00:00:00'`);
    return `${select} AND last_modified_date >= ${from} AND last_modified_date < ${to}`;
  },
  rowToMessageBody: ({ key }) =>
    key !== undefined && granulePattern().test(key) ? s3EventBody(granuleBucket(), key) : undefined,
  nextChunk: (chunk, { inventoryDate }) => {
    const next = nextDay(chunk);
    return next < inventoryDate ? next : undefined;
  },
  get itemIdOf() {
    return namesItemId() ? itemIdOfKey : undefined;
  },
};

function itemIdOfKey({ key }: Row): string | undefined {
  return key === undefined ? undefined : itemIdIn(key);
}
