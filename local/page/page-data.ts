import type { Geometry, Item, ItemProperties, Position, Ring } from '../../lambdas/stac/stac.js';

/** Maximum number of Items on the page, because more make it slow to open. items.ndjson has all of them. */
export const MAX_ITEMS_ON_PAGE = 5000;

/** An Item on the page. Its path is computed when the page is written, so that the page needs no geometry code. */
export interface PageItem {
  readonly id: string;
  readonly datetime: string;
  /** SVG path in degrees, with y pointing south. Absent if the Item has no geometry. */
  readonly path?: string;
  /** [west, north, width, height] of the largest part in degrees (north as -latitude), to which the map zooms. */
  readonly box?: readonly [number, number, number, number];
  readonly properties: Readonly<Record<string, unknown>>;
  /** Common prefix of all asset hrefs, stored once to keep the page small. */
  readonly base: string;
  readonly assets: readonly PageAsset[];
}

export interface PageAsset {
  readonly key: string;
  /** The href without `base`. */
  readonly href: string;
}

export function toPageItem(item: Item): PageItem {
  const rings = item.geometry ? ringsOf(item.geometry) : [];
  const base = commonBase(Object.values(item.assets).map(({ href }) => href));
  return {
    id: item.id,
    datetime: timeOf(item.properties),
    ...(rings.length > 0 && { path: rings.map(toPath).join(''), box: largestBox(rings) }),
    properties: item.properties,
    base,
    assets: Object.entries(item.assets).map(([key, { href }]) => ({
      key,
      href: href.slice(base.length),
    })),
  };
}

function timeOf({ datetime, start_datetime: start }: ItemProperties): string {
  return datetime ?? (typeof start === 'string' ? start : '');
}

/** Returns the common prefix of all hrefs, up to its last slash. */
function commonBase([first = '', ...others]: readonly string[]): string {
  let base = first;
  for (const href of others) while (!href.startsWith(base)) base = base.slice(0, -1);
  return base.slice(0, base.lastIndexOf('/') + 1);
}

/** Returns all rings. A footprint split at the antimeridian appears as two parts, at both edges of the map. */
function ringsOf(geometry: Geometry): readonly Ring[] {
  switch (geometry.type) {
    case 'Point':
      return [squareAround(geometry.coordinates)];
    case 'Polygon':
      return geometry.coordinates;
    case 'MultiPolygon':
      return geometry.coordinates.flat();
  }
}

function squareAround([x, y]: Position): Ring {
  const half = 0.25;
  return [
    [x - half, y - half],
    [x + half, y - half],
    [x + half, y + half],
    [x - half, y + half],
  ];
}

function toPath(ring: Ring): string {
  return `M${ring.map(([x, y]) => `${round(x)},${round(-y)}`).join('L')}Z`;
}

/** Rounds to about 10 m, which is less than a pixel at every zoom level. */
function round(degrees: number): number {
  return Number(degrees.toFixed(4));
}

function largestBox(rings: readonly Ring[]): readonly [number, number, number, number] {
  const [largest] = rings.map(boxOf).sort((a, b) => b[2] * b[3] - a[2] * a[3]);
  return largest ?? [-180, -90, 360, 180];
}

function boxOf(ring: Ring): readonly [number, number, number, number] {
  const xs = ring.map(([x]) => x);
  const ys = ring.map(([, y]) => -y);
  const [west, north] = [Math.min(...xs), Math.min(...ys)];
  return [west, north, round(Math.max(...xs) - west), round(Math.max(...ys) - north)];
}
