import { itemLinks } from './links.js';
import { ValidationError } from '../runtime/errors.js';
import type { LogFields } from '../runtime/log.js';
import { missesAntimeridian } from '../stac/bounds.js';
import { bboxOf } from '../stac/geometry.js';
import { notesOn } from '../stac/notes.js';
import type { Item, ItemProperties } from '../stac/stac.js';
import { compareInstants, tryParseInstant } from '../stac/time.js';
import { validateItem } from '../stac/validate.js';

export interface CompleteItemContext {
  /** Logs something unusual that does not prevent the Item from being created. */
  readonly warn: Warn;
  /** The root URL of the STAC API. If it is set, Items link to their Collection there. */
  readonly stacApiUrl?: string | undefined;
  /** What notes were already logged about, which is not repeated for each Item. @default nothing */
  readonly noted?: Set<string>;
}

type Warn = (message: string, fields?: LogFields) => void;

/**
 * Completes what createItem returned: one Item, or a list. Throws ValidationError, also if two Items have the same id,
 * because only one of them would be posted.
 */
export function completeItems(
  created: Item | readonly Item[],
  collectionId: string,
  context: CompleteItemContext,
): readonly Item[] {
  if (!isList(created)) return [completeItem(created, collectionId, context)];
  const items = created.map((item) => completeItem(item, collectionId, context));
  const seen = new Set<string>();
  for (const { id } of items) {
    if (seen.has(id)) throw repeated(id, items.length);
    seen.add(id);
  }
  return items;
}

function repeated(id: string, count: number): ValidationError {
  const fault = `several of its ${count} Items have the id '${id}'`;
  return new ValidationError('The list returned by createItem', [fault], 'cannot be posted');
}

/** Array.isArray does not narrow a readonly array. */
function isList(created: Item | readonly Item[]): created is readonly Item[] {
  return Array.isArray(created);
}

/**
 * Adds the collection and the link to the Collection to what createItem returned, and validates it. Throws
 * ValidationError.
 */
function completeItem(
  created: Item,
  collectionId: string,
  { warn, stacApiUrl, noted = new Set() }: CompleteItemContext,
): Item {
  checkShape(created, collectionId);
  if (created.collection !== undefined && created.collection !== collectionId) {
    throw new ValidationError(`Item '${created.id}'`, [
      `collection: is '${created.collection}', but the pipeline's Collection is '${collectionId}'`,
    ]);
  }
  const item: Item = {
    ...created,
    properties: withConsistentTimes(created.properties),
    links: itemLinks(created.links, { id: created.id, collectionId, stacApiUrl, warn }),
    collection: collectionId,
  };
  validateItem(item);
  warnOfMissedAntimeridian(item, warn);
  warnOfNotes(item, warn, noted);
  return item;
}

/** Checks the shape at run time, because an author's cast can defeat the Item type, and reports every fault. */
function checkShape(created: unknown, collection: string): void {
  if (typeof created !== 'object' || created === null) {
    throw new ValidationError('The value returned by createItem', [
      `${String(created)} is not an Item`,
    ]);
  }
  const { links, properties } = created as { links?: unknown; properties?: unknown };
  if (Array.isArray(links) && typeof properties === 'object' && properties !== null) return;
  validateItem({ collection, ...(created as Item) });
}

/**
 * pgSTAC stores start and end as a range and rejects an empty range, so an Item whose start equals its end keeps only
 * `datetime`. STAC requires `datetime` next to a range too; it is null unless the author set it.
 */
function withConsistentTimes(properties: ItemProperties): ItemProperties {
  const { start_datetime: start, end_datetime: end, ...rest } = properties;
  if (typeof start !== 'string' || typeof end !== 'string') return properties;
  const datetime = properties.datetime ?? null;
  if (!isSameInstant(start, end)) return { ...properties, datetime };
  return { ...rest, datetime: datetime ?? start };
}

function isSameInstant(one: string, other: string): boolean {
  if (one === other) return true;
  const [a, b] = [tryParseInstant(one), tryParseInstant(other)];
  return a !== undefined && b !== undefined && compareInstants(a, b) === 0;
}

/** A bbox much wider than its geometry usually means the antimeridian was missed. */
function warnOfMissedAntimeridian({ id, bbox, geometry }: Item, warn: Warn): void {
  if (bbox === undefined || geometry === null || !missesAntimeridian(bbox, geometry)) return;
  const message = 'the bbox is wider than the geometry; was the antimeridian missed?';
  warn(message, { id, bbox, derived: bboxOf(geometry) });
}

/** The Items of a pipeline are alike (they declare the same extensions, for example), so that the first note says it all. */
function warnOfNotes(item: Item, warn: Warn, noted: Set<string>): void {
  for (const { about, message } of notesOn(item)) {
    if (noted.has(about)) continue;
    noted.add(about);
    warn(message, { id: item.id });
  }
}
