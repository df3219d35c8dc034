import { ValidationError } from '../runtime/errors.js';
import { boundsFaults, orderFaults } from './bounds.js';
import { collectionFaults } from './collection-faults.js';
import { commonFaults } from './common-faults.js';
import { isUtc } from './common-metadata.js';
import { CollectionSchema, ItemSchema } from './item-schema.js';
import { excerpt } from '../runtime/text.js';
import type { Collection, Item } from './stac.js';
import { tryBadId, tryUnstorable } from './text.js';
import { collectionExtensionFaults, itemExtensionFaults } from './extensions/faults.js';
import type { Fields } from './extensions/parts.js';
import { schemaFaults } from './schema-faults.js';
import { compareInstants, isInstantForm, tryParseInstant } from './time.js';

/**
 * Checks an Item against its version of STAC, 1.0.0 or 1.1.0, and those of its `stac_extensions` that
 * extensions/registry.ts lists: its fields, its time range, its bbox against its geometry, and whether every value can
 * be written as JSON.
 *
 * Throws a permanent ValidationError that lists every fault with its path and value.
 *
 * @example
 * validateItem({ ...item, bbox: [0, 2, 1, 1] });
 * // ValidationError: Item 'a' is not valid STAC: bbox: south 2 is greater than north 1
 *
 * @see https://github.com/radiantearth/stac-spec/blob/v1.0.0/item-spec/item-spec.md
 */
export function validateItem(item: Item): void {
  const faults = [
    ...schemaFaults(ItemSchema, item),
    ...idFaults(item.id),
    ...valueFaults(item, ''),
  ];
  if (faults.length === 0) {
    faults.push(
      ...timeFaults(item.properties),
      ...boundsFaults(item),
      ...commonFaults(item),
      ...itemExtensionFaults(item),
    );
  }
  throwIfAny(`Item '${describeId(item)}'`, faults);
}

/**
 * Checks a Collection against its version of STAC, 1.0.0 or 1.1.0, and that it has `item_assets`, which the ingestor
 * requires.
 *
 * Throws a permanent ValidationError that lists every fault with its path and value.
 *
 * @example
 * validateCollection({ ...collection, license: '' });
 * // ValidationError: Collection 'c' is not valid STAC: license: Too small: expected string to have >=1 characters (given "")
 *
 * @see https://github.com/radiantearth/stac-spec/blob/v1.0.0/collection-spec/collection-spec.md
 */
export function validateCollection(collection: Collection): void {
  const faults = [
    ...schemaFaults(CollectionSchema, collection),
    ...idFaults(collection.id),
    ...valueFaults(collection, ''),
  ];
  if (faults.length === 0) {
    const boxes = collection.extent.spatial.bbox;
    faults.push(...boxes.flatMap((bbox) => orderFaults(bbox, 'extent.spatial.bbox')));
    for (const [start, end] of collection.extent.temporal.interval) {
      const path = 'extent.temporal.interval';
      const faultsOfEnds = [start, end].flatMap((time) => instantFaults(time, path));
      faults.push(...faultsOfEnds, ...rangeFaults({ start, end }, path));
    }
    faults.push(
      ...collectionFaults(collection),
      ...commonFaults(collection),
      ...collectionExtensionFaults(collection),
    );
  }
  const subject = `Collection '${describeId(collection)}'`;
  // STAC does not require it, but the ingestor returns 422 without it.
  if (collection.item_assets === undefined) {
    const needs = [...new Set(faults), 'the ingestor requires item_assets'];
    throw new ValidationError(subject, needs, 'cannot be posted');
  }
  throwIfAny(subject, faults);
}

function throwIfAny(subject: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new ValidationError(subject, [...new Set(faults)]);
}

function describeId({ id }: { readonly id?: unknown }): string {
  return typeof id === 'string' ? id : 'without an id';
}

/** JSON.stringify would silently turn NaN and Infinity into null, and drop undefined and functions. */
function valueFaults(value: unknown, path: string): string[] {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? [] : [`${path}: ${value} cannot be written as JSON`];
  }
  if (value === undefined || typeof value === 'bigint' || typeof value === 'function') {
    return [`${path}: ${typeof value} cannot be written as JSON: leave the field out or use null`];
  }
  if (typeof value !== 'object' || value === null) return [];
  const faults: string[] = [];
  for (const key in value) {
    const nested = (value as Fields)[key];
    // Most values are strings without faults: building their paths would take most of the time.
    const isText = typeof nested === 'string';
    if (isText && tryUnstorable(nested) === undefined && tryUnstorable(key) === undefined) continue;
    const at = path ? `${path}.${key}` : key;
    faults.push(...textFaults(key, `${path ? `${path}.` : ''}${key}`));
    faults.push(...(isText ? textFaults(nested, at) : valueFaults(nested, at)));
  }
  return faults;
}

function textFaults(text: string, path: string): string[] {
  const problem = tryUnstorable(text);
  return problem === undefined ? [] : [`${printable(path)}: ${problem} (given ${printable(text)})`];
}

function printable(text: string): string {
  return tryUnstorable(text) === undefined ? text : excerpt(JSON.stringify(text), 60);
}

function idFaults(id: unknown): string[] {
  const problem = typeof id === 'string' ? tryBadId(id) : undefined;
  return problem === undefined ? [] : [`id: ${problem} (given ${JSON.stringify(id)})`];
}

const TIMES = [
  'datetime',
  'start_datetime',
  'end_datetime',
  'created',
  'updated',
  'published',
  'expires',
];

function timeFaults(properties: Fields): string[] {
  const faults = TIMES.flatMap((name) => instantFaults(properties[name], `properties.${name}`));
  const { start_datetime: start, end_datetime: end, datetime } = properties;
  if (datetime === null && (start === undefined || end === undefined)) {
    faults.push('properties.datetime: is null, which requires start_datetime and end_datetime');
  }
  if ((start === undefined) !== (end === undefined)) {
    faults.push(
      'properties: start_datetime and end_datetime must be set together, but one is missing',
    );
  }
  return [...faults, ...rangeFaults({ start, end }, 'properties.start_datetime')];
}

/** Checks strings only: null is an open end, and the schema rejects other types. */
function instantFaults(value: unknown, path: string): string[] {
  if (typeof value !== 'string') return [];
  if (!tryParseInstant(value)) {
    const fault = isInstantForm(value)
      ? 'is a day or a time that does not exist'
      : 'is not an RFC 3339 date-time with a zone';
    return [`${path}: '${value}' ${fault}`];
  }
  return isUtc(value) ? [] : [`${path}: '${value}' is not in UTC, as STAC requires: end it with Z`];
}

function rangeFaults({ start, end }: { start: unknown; end: unknown }, path: string): string[] {
  if (typeof start !== 'string' || typeof end !== 'string') return [];
  const [from, to] = [tryParseInstant(start), tryParseInstant(end)];
  if (!from || !to || compareInstants(from, to) <= 0) return [];
  return [`${path}: starts at ${start}, after its end at ${end}`];
}
