import type { Item, Link } from '../stac/stac.js';

/** pystac adds these where an Item is part of a catalog in memory, which is not the one that it is posted to. */
const STRUCTURAL = ['root', 'parent', 'self', 'collection'];

/** Returns the Item without links to its place in a catalog, and without `collection`: the framework sets both. */
export function withoutPlace(item: Item): Item {
  const entries = Object.entries(item).filter(([name]) => name !== 'collection');
  const rest = Object.fromEntries(entries) as unknown as Item;
  if (!Array.isArray(item.links)) return rest;
  return {
    ...rest,
    links: item.links.filter(
      (link: Partial<Link> | null) => !STRUCTURAL.includes(String(link?.rel)),
    ),
  };
}
