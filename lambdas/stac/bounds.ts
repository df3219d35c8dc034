import { bboxOf } from './geometry.js';
import type { Bbox, Geometry, Item } from './stac.js';

/**
 * How far a geometry may extend beyond its bbox, in degrees. This allows for a bbox rounded to two decimals, but not for
 * one of another place or with latitude and longitude swapped.
 */
export const BBOX_TOLERANCE_DEGREES = 0.01;

/** Returns [west, south, east, north] of a bbox of four or of six numbers, whose heights are at index 2 and 5. */
export function horizontalBbox(bbox: readonly number[]): Bbox {
  const [west = 0, south = 0] = bbox;
  const half = bbox.length / 2;
  return [west, south, bbox[half] ?? 0, bbox[half + 1] ?? 0];
}

/** Returns the faults of an Item's bbox, alone and compared with the geometry. */
export function boundsFaults({ geometry, bbox }: Item): string[] {
  if (geometry === null)
    return bbox === undefined ? [] : ['bbox: must be left out, because the geometry is null'];
  if (bbox === undefined) return ['bbox: is missing, but the geometry is not null'];
  const faults = [...ringFaults(geometry), ...orderFaults(bbox, 'bbox')];
  return faults.length > 0 ? faults : placeFaults(horizontalBbox(bbox), geometry);
}

/** Returns a fault if the south of a bbox is above its north. West may be greater than east. */
export function orderFaults(bbox: readonly number[], path: string): string[] {
  const [, south, , north] = horizontalBbox(bbox);
  return south > north ? [`${path}: south ${south} is greater than north ${north}`] : [];
}

/** Whether a bbox is more than 180 degrees wide, and wider than its geometry: the antimeridian was probably missed. */
export function missesAntimeridian(bbox: readonly number[], geometry: Geometry): boolean {
  const [west, , east] = horizontalBbox(bbox);
  const derived = bboxOf(geometry);
  return east - west > 180 && derived[2] - derived[0] < east - west;
}

function placeFaults(bbox: Bbox, geometry: Geometry): string[] {
  const positions = positionsOf(geometry);
  if (isWithin(positions, bbox)) return [];
  const [west, south, east, north] = bbox;
  const derived = JSON.stringify(boxOf(geometry, positions));
  const hint = isWithin(positions, [south, west, north, east])
    ? ': latitude and longitude are swapped'
    : '';
  return [
    `bbox: ${JSON.stringify(bbox)} does not contain the geometry, whose bbox is ${derived}${hint}`,
  ];
}

function isWithin(positions: readonly Coordinates[], [west, south, east, north]: Bbox): boolean {
  const tolerance = BBOX_TOLERANCE_DEGREES;
  // A bbox across the antimeridian ends on the next turn around the globe.
  const end = west <= east ? east : east + 360;
  const isBetween = (x: number) => x >= west - tolerance && x <= end + tolerance;
  return positions.every(
    ([x, y]) =>
      y >= south - tolerance &&
      y <= north + tolerance &&
      // 180 and -180 are the same meridian.
      (isBetween(x) || isBetween(x + 360) || isBetween(x - 360)),
  );
}

type Coordinates = readonly [number, number, ...number[]];

/** Accepts any depth of nesting, because lines and MultiPoints are valid too, although the Item type omits them. */
function positionsOf({ coordinates }: Geometry): Coordinates[] {
  const found: Coordinates[] = [];
  const visit = (value: unknown): void => {
    if (!Array.isArray(value)) return;
    const [x, y] = value as unknown[];
    if (typeof x === 'number' && typeof y === 'number') found.push([x, y]);
    else value.forEach(visit);
  };
  visit(coordinates);
  return found;
}

function boxOf(geometry: Geometry, positions: readonly Coordinates[]): Bbox {
  if (['Point', 'Polygon', 'MultiPolygon'].includes(geometry.type)) return bboxOf(geometry);
  const [xs, ys] = [positions.map(([x]) => x), positions.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** A closed ring of four positions may still be a line or a point. */
function ringFaults(geometry: Geometry): string[] {
  const polygons =
    geometry.type === 'Polygon'
      ? [geometry.coordinates]
      : geometry.type === 'MultiPolygon'
        ? geometry.coordinates
        : [];
  return polygons.flat().flatMap((ring) => {
    const different = new Set(ring.map(([x, y]) => `${x} ${y}`)).size;
    return different >= 3
      ? []
      : [`geometry: a ring has ${different} different positions, but an area needs at least 3`];
  });
}
