import type { Collection, Item } from '../stac.js';
import type { Place } from './extension.js';

export type Fields = Readonly<Record<string, unknown>>;

/** A part of an Item or a Collection that may have fields of extensions. */
export interface Part {
  /** `collection` is the top level of a Collection; the values of `summaries` are sets and ranges. */
  readonly place: Place | 'collection' | 'providers' | 'summaries';
  /** Such as `assets.data.bands.0`; empty at the top level. */
  readonly path: string;
  readonly values: Fields;
}

/** Returns the parts of an Item or a Collection. */
export function partsOf(object: Item | Collection): Part[] {
  return object.type === 'Feature' ? partsOfItem(object) : partsOfCollection(object);
}

export function partsOfItem({ properties, assets, links }: Item): Part[] {
  return [
    ...withBands({ place: 'properties', path: 'properties', values: properties }),
    ...assetParts(assets, 'assets'),
    ...listed(links, 'links', 'links'),
  ];
}

export function partsOfCollection(collection: Collection): Part[] {
  const { assets, item_assets: templates, links, providers, summaries } = collection;
  return [
    ...withBands({ place: 'collection', path: '', values: collection }),
    ...listed(providers, 'providers', 'providers'),
    ...assetParts(assets, 'assets'),
    ...assetParts(templates, 'item_assets'),
    ...listed(links, 'links', 'links'),
    ...(summaries ? [{ place: 'summaries', path: 'summaries', values: summaries } as const] : []),
  ];
}

/** Joins the path of a part and the name of one of its fields. */
export function pathOf({ path }: Pick<Part, 'path'>, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** Some fields describe assets, such as bands: in an Item's properties they only repeat what an asset has. */
export function onlyWithAssetsFaults(name: string, parts: readonly Part[]): string[] {
  const isIn = (wanted: Part['place']): boolean =>
    parts.some(({ place, values }) => place === wanted && name in values);
  return isIn('properties') && !isIn('assets')
    ? [`properties.${name}: must be left out unless an asset has ${name}`]
    : [];
}

function assetParts(assets: unknown, path: string): Part[] {
  if (!isFields(assets)) return [];
  return Object.entries(assets).flatMap(([key, asset]) =>
    isFields(asset) ? withBands({ place: 'assets', path: `${path}.${key}`, values: asset }) : [],
  );
}

/** Returns a part and its bands, which may have bands themselves. */
function withBands(part: Part): Part[] {
  const { bands } = part.values;
  return bands === undefined ? [part] : [part, ...listed(bands, pathOf(part, 'bands'), 'bands')];
}

function listed(values: unknown, path: string, place: Part['place']): Part[] {
  if (!Array.isArray(values)) return [];
  return values.flatMap((value: unknown, index) =>
    isFields(value) ? withBands({ place, path: `${path}.${index}`, values: value }) : [],
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
