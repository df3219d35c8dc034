import { bboxOf } from '../stac/geometry.js';
import { ValidationError } from '../runtime/errors.js';
import type { GranuleSource } from '../source/source.js';
import type { LogFields } from '../runtime/log.js';
import type { GranuleMessage } from './message.js';
import type { Item, ItemProperties, Link } from '../stac/stac.js';
import { compareInstants, tryParseInstant } from '../stac/time.js';
import { validateItem } from '../stac/validate.js';

/** What an Item is made of; `href` names it and its assets, and a pipeline may carry more from the message. */
export interface Granule {
  readonly href: string;
}

export interface ItemContext {
  /** Reads the granule's files by their hrefs. */
  readonly source: GranuleSource;
  /** For what is odd but no reason to refuse the granule. */
  readonly warn: (message: string, fields?: LogFields) => void;
}

/** What is particular to a dataset. */
export interface GranulePipeline<G extends Granule> {
  /** Of the Collection that the pipeline makes; the framework sets it on every Item. */
  readonly collectionId: string;
  /** The granule that a message names; undefined where it names none of this dataset. Throws MessageError. */
  readonly parseMessage: (message: GranuleMessage) => G | undefined;
  /** Must do with `href` alone, as `npm run item` gives it. Throws GranuleError and ReadError. */
  readonly createItem: (granule: G & ItemContext) => Promise<Item>;
}

export interface MakeItemContext extends ItemContext {
  /** The root of the STAC API that shows the Collection: the Items link to it. */
  readonly stacApiUrl?: string | undefined;
}

/** The Item as it is posted: createItem's, with its collection and the link to it, valid. Throws ValidationError too. */
export async function makeItem<G extends Granule>(
  { collectionId, createItem }: Pick<GranulePipeline<G>, 'collectionId' | 'createItem'>,
  granule: G,
  { source, warn, stacApiUrl }: MakeItemContext,
): Promise<Item> {
  const created = await createItem({ ...granule, source, warn });
  checkForm(created, collectionId);
  if (created.collection !== undefined && created.collection !== collectionId) {
    throw new ValidationError(`Item '${created.id}'`, [
      `collection: is '${created.collection}', and this pipeline's Collection is '${collectionId}'`,
    ]);
  }
  const item: Item = {
    ...created,
    properties: withWholeTimes(created.properties),
    links: [...created.links, ...collectionLinks(collectionId, stacApiUrl)],
    collection: collectionId,
  };
  validateItem(item);
  warnOfBelt(item, warn);
  return item;
}

function collectionLinks(collectionId: string, stacApiUrl: string | undefined): Link[] {
  if (stacApiUrl === undefined) return [];
  const href = `${stacApiUrl.replace(/\/+$/, '')}/collections/${encodeURIComponent(collectionId)}`;
  return [{ rel: 'collection', href, type: 'application/json' }];
}

/** The compiler's word for it does not hold for what was parsed or cast: every fault of it is to be told, too. */
function checkForm(created: unknown, collection: string): void {
  if (typeof created !== 'object' || created === null) {
    throw new ValidationError('What createItem gave', [`it is ${String(created)} and no Item`]);
  }
  const { links, properties } = created as { links?: unknown; properties?: unknown };
  if (Array.isArray(links) && typeof properties === 'object' && properties !== null) return;
  validateItem({ collection, ...(created as Item) });
}

/**
 * pgSTAC makes a range of start and end, and refuses an empty one: an instant is a `datetime` alone. Beside a range a
 * `datetime` that was left out has to be there as null.
 */
function withWholeTimes(properties: ItemProperties): ItemProperties {
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

/** A bbox around the globe over a geometry that is not is how a missed antimeridian shows. */
function warnOfBelt({ id, bbox, geometry }: Item, warn: ItemContext['warn']): void {
  if (bbox === undefined || geometry === null || bbox[2] - bbox[0] <= 180) return;
  const derived = bboxOf(geometry);
  if (derived[2] - derived[0] < bbox[2] - bbox[0]) {
    warn('the bbox is wider than the geometry: was the antimeridian missed?', {
      id,
      bbox,
      derived,
    });
  }
}
