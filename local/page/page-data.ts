import type { Geometry, Item, ItemProperties, Position, Ring } from '../../lambdas/stac/stac.js';

/** Maximum number of Items on the page, because more make it slow to open. items.ndjson has all of them. */
export const MAX_ITEMS_ON_PAGE = 20_000;

/** An Item on the page. */
export interface PageItem {
  readonly shape: PageShape;
  /** What the page shows once the Item is selected. */
  readonly details: PageDetails;
}

/** What the map and the list need. It is computed when the page is written, so that the page needs no geometry code. */
export interface PageShape {
  readonly id: string;
  readonly datetime: string;
  /** SVG path in degrees, with y pointing south; outer rings go one way and holes the other. Absent without a geometry. */
  readonly path?: string;
  /** Area of the footprint on the map, in square degrees. */
  readonly area?: number;
  /** [west, north, width, height] of the largest part in degrees (north as -latitude), to which the map zooms. */
  readonly box?: PageBox;
  /** The same of all parts, if there are several. */
  readonly bounds?: PageBox;
}

export type PageBox = readonly [number, number, number, number];

export interface PageDetails {
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
  const base = commonBase(Object.values(item.assets).map(({ href }) => href));
  const assets = Object.entries(item.assets).map(([key, { href }]) => ({
    key,
    href: href.slice(base.length),
  }));
  return {
    shape: { id: item.id, datetime: timeOf(item.properties), ...footprintOf(item.geometry) },
    details: { properties: item.properties, base, assets },
  };
}

function footprintOf(geometry: Geometry | null): Partial<PageShape> {
  const rings = geometry === null ? [] : ringsOf(geometry);
  if (rings.length === 0) return {};
  const boxes = rings.map(boxOf).sort((a, b) => b[2] * b[3] - a[2] * a[3]);
  const [box = WORLD] = boxes;
  return {
    path: rings.map(toPath).join(''),
    area: round(rings.reduce((sum, ring) => sum + signedArea(ring), 0)),
    box,
    ...(boxes.length > 1 && { bounds: unionOf(boxes) }),
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

/**
 * Returns all rings, outer ones with a positive area and holes with a negative one. A footprint split at the antimeridian
 * appears as two parts, at both edges of the map. Lines are rings without an area.
 */
function ringsOf(geometry: Geometry | OtherGeometry): readonly Ring[] {
  switch (geometry.type) {
    case 'Point':
      return [squareAround(geometry.coordinates)];
    case 'MultiPoint':
      return geometry.coordinates.map(squareAround);
    case 'LineString':
      return [thereAndBack(geometry.coordinates)];
    case 'MultiLineString':
      return geometry.coordinates.map(thereAndBack);
    case 'Polygon':
      return directed(geometry.coordinates);
    case 'MultiPolygon':
      return geometry.coordinates.flatMap(directed);
    case 'GeometryCollection':
      return geometry.geometries.flatMap(ringsOf);
  }
}

/** Valid geometries that the Item type omits. */
type OtherGeometry =
  | { readonly type: 'MultiPoint' | 'LineString'; readonly coordinates: Ring }
  | { readonly type: 'MultiLineString'; readonly coordinates: readonly Ring[] }
  | {
      readonly type: 'GeometryCollection';
      readonly geometries: readonly (Geometry | OtherGeometry)[];
    };

function squareAround([x, y]: Position): Ring {
  const half = 0.25;
  return [
    [x - half, y - half],
    [x + half, y - half],
    [x + half, y + half],
    [x - half, y + half],
  ];
}

/** The path of a line goes back to its start, because paths are closed. */
function thereAndBack(line: Ring): Ring {
  return [...line, ...line.slice(1, -1).reverse()];
}

/** Overlapping rings of the same direction fill their union, on the page. */
function directed(rings: readonly Ring[]): Ring[] {
  return rings.map((ring, index) => {
    const isOuter = index === 0;
    return signedArea(ring) >= 0 === isOuter ? ring : [...ring].reverse();
  });
}

function signedArea(ring: Ring): number {
  return ring.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = ring[(index + 1) % ring.length] ?? [x, y];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);
}

function toPath(ring: Ring): string {
  return `M${ring.map(([x, y]) => `${round(x)},${round(-y)}`).join('L')}Z`;
}

/** Rounds to about 10 m, which is less than a pixel at every zoom level. */
function round(degrees: number): number {
  return Number(degrees.toFixed(4));
}

const WORLD: PageBox = [-180, -90, 360, 180];

function boxOf(ring: Ring): PageBox {
  const xs = ring.map(([x]) => x);
  const ys = ring.map(([, y]) => -y);
  const [west, north] = [least(xs), least(ys)];
  return [west, north, round(most(xs) - west), round(most(ys) - north)];
}

function unionOf(boxes: readonly PageBox[]): PageBox {
  const [west, north] = [least(boxes.map(([x]) => x)), least(boxes.map(([, y]) => y))];
  const east = most(boxes.map(([x, , width]) => x + width));
  const south = most(boxes.map(([, y, , height]) => y + height));
  return [west, north, round(east - west), round(south - north)];
}

/** Over Math.min(...numbers), which fails for a ring of a hundred thousand points. */
function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.min(a, b), Infinity);
}

function most(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), -Infinity);
}
