import { schemaUrl } from './extensions/extension.js';
import type { Fields } from './extensions/parts.js';
import type { Collection } from './stac.js';

const ITEM_ASSETS = schemaUrl({ name: 'item-assets', version: '1.0.0' });

/** Returns the faults of a Collection's summaries, of its item_assets, and of what its version says of its extent. */
export function collectionFaults(collection: Collection): string[] {
  const { summaries = {}, stac_version: version, extent, item_assets: templates = {} } = collection;
  const faults = Object.entries(summaries).flatMap(([name, summary]) =>
    summaryFaults(name, summary),
  );
  const isNew = version === '1.1.0';
  if (isNew || (collection.stac_extensions ?? []).includes(ITEM_ASSETS))
    faults.push(...Object.entries(templates).flatMap(templateFaults));
  const boxes = extent.spatial.bbox.length;
  if (isNew && boxes === 2)
    faults.push(
      'extent.spatial.bbox: has 2 boxes: the first is the whole extent, so that parts are at least 2 more',
    );
  return faults;
}

/** STAC 1.1.0 took item_assets over from the extension item-assets. */
function templateFaults([key, template]: [string, Fields]): string[] {
  const path = `item_assets.${key}`;
  if ('href' in template) return [`${path}.href: must be left out, because Items have the hrefs`];
  const count = Object.keys(template).length;
  return count < 2 ? [`${path}: needs at least 2 fields (given ${count})`] : [];
}

function summaryFaults(name: string, summary: unknown): string[] {
  if (isSummary(summary)) return [];
  const given = JSON.stringify(summary);
  return [
    `summaries.${name}: is not a set of values, a range with minimum and maximum, or a JSON Schema (given ${given})`,
  ];
}

function isSummary(summary: unknown): boolean {
  if (Array.isArray(summary)) return summary.length > 0;
  if (typeof summary !== 'object' || summary === null) return false;
  const { minimum, maximum } = summary as Fields;
  if (isBound(minimum) && isBound(maximum)) return true;
  // In a JSON Schema, bounds are numbers.
  const others = [minimum, maximum].filter((bound) => bound !== undefined);
  return Object.keys(summary).length > 0 && others.every((bound) => typeof bound === 'number');
}

function isBound(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'string';
}
