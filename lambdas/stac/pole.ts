import type { Position } from './stac.js';
import { rounded, shift, type Points } from './turns.js';

/** A ring of unwrapped longitudes whose end lies `turn` degrees from its start: full turns to the east, or to the west. */
export interface PolarRing {
  readonly points: Points;
  readonly turn: number;
}

/**
 * Returns the area between a ring around the world and the pole on its side as open rings, each closed along that pole.
 * It is one ring from a crossing of the antimeridian to the same crossing a full turn later. A ring that touches the pole
 * gives one ring for each stretch between two touches. The pole is the one with the smaller area on a plane.
 *
 * @example
 * polarAreas({ points: [[0, 80], [120, 80], [240, 80]], turn: 360 });
 * // [[[180, 80], [240, 80], [360, 80], [480, 80], [540, 80], [540, 90], [180, 90]]]
 */
export function polarAreas({ points, turn }: PolarRing): Position[][] {
  const [first, last] = [points[0], points.at(-1)];
  const repeats = last?.[0] === (first?.[0] ?? 0) + turn && last[1] === first?.[1];
  const open = repeats ? points.slice(0, -1) : points;
  const stable = open.map(([x, y]): Position => [rounded(x), y]);
  const ring = { points: turn > 0 ? stable : stable.reverse(), turn: Math.abs(turn) };
  const pole = poleOf(ring);
  const touch = ring.points.findIndex(([, latitude]) => latitude === pole);
  if (touch !== -1) return stretches(startingAt(ring, touch), pole);
  const crossed = withCrossings(ring);
  const start = startingAt(crossed, nearestCrossing(crossed.points, pole));
  const [west, east] = [start[0]?.[0] ?? 0, start.at(-1)?.[0] ?? 0];
  return [[...start, [east, pole], [west, pole]]];
}

function poleOf({ points, turn }: PolarRing): number {
  const [first] = points;
  if (first === undefined) return 90;
  const closed = [...points, [first[0] + turn, first[1]] as const];
  // Twice the area above the equator minus that below.
  const area = closed.slice(1).reduce((sum, [x, y], index) => {
    const [fromX, fromY] = closed[index] ?? [x, y];
    return sum + (x - fromX) * (y + fromY);
  }, 0);
  return area < 0 ? -90 : 90;
}

/** Returns the points from `index` on, and the same point a full turn later as the last one. */
function startingAt({ points, turn }: PolarRing, index: number): Position[] {
  const turns = Math.round(turn / 360);
  const later = points.slice(0, index + 1).map(([x, y]): Position => [shift(x, turns), y]);
  return [...points.slice(index), ...later];
}

/** Splits at the points on the pole, and leaves out the stretches along it. */
function stretches(points: Points, pole: number): Position[][] {
  const touches = points.flatMap(([, latitude], index) => (latitude === pole ? [index] : []));
  return touches
    .map((touch, index) => points.slice(touch, (touches[index + 1] ?? touch) + 1))
    .filter((stretch) => stretch.length > 2);
}

/** Adds the points in which the edges cross the antimeridian, so that a full turn does not change their last digits. */
function withCrossings({ points, turn }: PolarRing): PolarRing {
  const [first] = points;
  const added = points.flatMap((point, index) => {
    const next = points[index + 1] ?? [(first?.[0] ?? 0) + turn, first?.[1] ?? 0];
    return [point, ...crossings(point, next)];
  });
  return { points: added, turn };
}

/** Returns the point in which an edge crosses the antimeridian, if it does. An edge spans at most 180 degrees. */
function crossings([x1, y1]: Position, [x2, y2]: Position): Position[] {
  const meridian = 180 + 360 * Math.floor((Math.max(x1, x2) - 180) / 360);
  if (meridian <= Math.min(x1, x2) || meridian === Math.max(x1, x2)) return [];
  return [[meridian, y1 + ((y2 - y1) * (meridian - x1)) / (x2 - x1)]];
}

/** Returns the point on the antimeridian from which the way along it to the pole meets no other edge. */
function nearestCrossing(points: Points, pole: number): number {
  const distances = points.map(([longitude, latitude]) =>
    (longitude - 180) % 360 === 0 ? Math.abs(pole - latitude) : Infinity,
  );
  return distances.indexOf(Math.min(...distances));
}
