import type { Collection, Item } from '../stac.js';
import type { Place } from './extension.js';

export type Fields = Readonly<Record<string, unknown>>;

/** A part of an Item or a Collection that may have fields of extensions. */
export interface Part {
  /** `collection` is the top level of a Collection with its providers; the values of `summaries` are sets and ranges. */
  readonly place: Place | 'collection' | 'summaries';
  /** Such as `assets.data.bands.0`; empty at the top level. */
  readonly path: string;
  readonly values: Fields;
}

export function partsOfItem({ properties, assets, links }: Item): Part[] {
  return [
    { place: 'properties', path: 'properties', values: properties },
    ...bandsOf(properties, 'properties'),
    ...assetParts(assets, 'assets'),
    ...listed(links, 'links', 'links'),
  ];
}

export function partsOfCollection(collection: Collection): Part[] {
  const { assets, item_assets: templates, links, providers, summaries } = collection;
  return [
    { place: 'collection', path: '', values: collection },
    ...listed(providers, 'providers', 'collection'),
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

function assetParts(assets: unknown, path: string): Part[] {
  if (!isFields(assets)) return [];
  return Object.entries(assets).flatMap(([key, asset]): Part[] => {
    if (!isFields(asset)) return [];
    const at = `${path}.${key}`;
    return [{ place: 'assets', path: at, values: asset }, ...bandsOf(asset, at)];
  });
}

function bandsOf({ bands }: Fields, path: string): Part[] {
  return bands === undefined ? [] : listed(bands, `${path}.bands`, 'bands');
}

function listed(values: unknown, path: string, place: Part['place']): Part[] {
  if (!Array.isArray(values)) return [];
  return values.flatMap((value: unknown, index) =>
    isFields(value) ? [{ place, path: `${path}.${index}`, values: value }] : [],
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
