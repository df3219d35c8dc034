import { ValidationError } from '../runtime/errors.js';
import { CollectionSchema, ItemSchema } from './item-schema.js';
import type { Collection, Item } from './stac.js';
import { STAC_EXTENSIONS, type StacExtension } from './extensions.js';
import { schemaFaults } from './schema-faults.js';
import { compareInstants, tryParseInstant } from './time.js';

type Fields = Readonly<Record<string, unknown>>;

/** Throws ValidationError with every fault of an Item: STAC 1.0.0 core, and the extensions that it declares. */
export function validateItem(item: Item): void {
  const faults = [...schemaFaults(ItemSchema, item), ...valueFaults(item, '')];
  if (faults.length === 0) {
    faults.push(...timeFaults(item.properties), ...boundsFaults(item), ...extensionFaults(item));
  }
  refuse(`Item '${describeId(item)}'`, faults);
}

/** Throws ValidationError with every fault of a Collection: STAC 1.0.0 core, and what the ingestor asks beyond it. */
export function validateCollection(collection: Collection): void {
  const faults = [...schemaFaults(CollectionSchema, collection), ...valueFaults(collection, '')];
  if (faults.length === 0) {
    for (const [start, end] of collection.extent.temporal.interval) {
      const path = 'extent.temporal.interval';
      const faultsOfEnds = [start, end].flatMap((time) => instantFaults(time, path));
      faults.push(...faultsOfEnds, ...rangeFaults({ start, end }, path));
    }
  }
  refuse(`Collection '${describeId(collection)}'`, faults);
}

function refuse(subject: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new ValidationError(subject, [...new Set(faults)]);
}

function describeId({ id }: { readonly id?: unknown }): string {
  return typeof id === 'string' ? id : 'without an id';
}

/** JSON has neither NaN nor Infinity, and JSON.stringify would turn both into null and drop undefined. */
function valueFaults(value: unknown, path: string): string[] {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? [] : [`${path}: ${value} is no number that JSON can hold`];
  }
  if (value === undefined || typeof value === 'bigint' || typeof value === 'function') {
    return [`${path}: ${typeof value} cannot be written as JSON: leave the field out or use null`];
  }
  if (typeof value !== 'object' || value === null) return [];
  const faults: string[] = [];
  for (const key in value) {
    const nested = (value as Fields)[key];
    // Most values are texts: the path is only built where there may be a fault.
    if (typeof nested !== 'string')
      faults.push(...valueFaults(nested, path ? `${path}.${key}` : key));
  }
  return faults;
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
    faults.push('properties.datetime: is null, which needs start_datetime and end_datetime');
  }
  if ((start === undefined) !== (end === undefined)) {
    faults.push('properties: start_datetime and end_datetime go together, and one is missing');
  }
  return [...faults, ...rangeFaults({ start, end }, 'properties.start_datetime')];
}

/** None for what is no text: null is an open end, and forms are the schema's. */
function instantFaults(value: unknown, path: string): string[] {
  if (typeof value !== 'string' || tryParseInstant(value)) return [];
  return [`${path}: '${value}' is no RFC 3339 date-time with a zone`];
}

function rangeFaults({ start, end }: { start: unknown; end: unknown }, path: string): string[] {
  if (typeof start !== 'string' || typeof end !== 'string') return [];
  const [from, to] = [tryParseInstant(start), tryParseInstant(end)];
  if (!from || !to || compareInstants(from, to) <= 0) return [];
  return [`${path}: starts at ${start}, after its end at ${end}`];
}

function boundsFaults({ geometry, bbox }: Item): string[] {
  if (geometry === null) return bbox === undefined ? [] : ['bbox: there is no geometry for it'];
  if (bbox === undefined) return ['bbox: is missing, and the geometry is not null'];
  // A three-dimensional bbox holds the north at index 4 (RFC 7946 section 5).
  const corners: readonly number[] = bbox;
  const [south = 0, north = 0] = [corners[1], corners[corners.length / 2 + 1]];
  return south > north ? [`bbox: south ${south} is above north ${north}`] : [];
}

function extensionFaults(item: Item): string[] {
  const faults = item.stac_extensions.flatMap((url) => {
    const extension = STAC_EXTENSIONS.get(url);
    return extension ? faultsOf(extension, item) : [];
  });
  const onAssets = Object.values(item.assets).some((asset) => 'eo:bands' in asset);
  if ('eo:bands' in item.properties && !onAssets) {
    faults.push('properties.eo:bands: no asset has eo:bands, so the properties may not either');
  }
  return faults;
}

function faultsOf(extension: StacExtension, { properties, assets }: Item): string[] {
  const missing = (extension.required ?? []).filter((name) => !(name in properties));
  const faults = missing.map((name) => `properties.${name}: is missing`);
  const oneOf = extension.requiredOneOf;
  if (oneOf && !oneOf.some((name) => name in properties)) {
    faults.push(`properties: one of ${oneOf.join(', ')} must be there`);
  }
  faults.push(...fieldFaults(extension, properties, 'properties'));
  for (const [key, asset] of Object.entries(assets)) {
    faults.push(...fieldFaults(extension, asset, `assets.${key}`));
  }
  return faults;
}

function fieldFaults({ prefix, fields }: StacExtension, values: Fields, path: string): string[] {
  const faults: string[] = [];
  for (const name in values) {
    if (!name.startsWith(prefix)) continue;
    const schema = fields[name];
    if (!schema)
      faults.push(`${path}.${name}: is no field of the extension ${prefix.slice(0, -1)}`);
    else
      faults.push(
        ...schemaFaults(schema, values[name]).map((fault) => `${path}.${name}: ${fault}`),
      );
  }
  return faults;
}
