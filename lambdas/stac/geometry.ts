import { cutAtAntimeridian, unwrap, type Points } from './antimeridian.js';
import type { Bbox, Geometry, MultiPolygon, Polygon, Position, Ring } from './stac.js';

const MAX_LONGITUDE = 360;

export interface Footprint {
  readonly geometry: Polygon | MultiPolygon;
  readonly bbox: Bbox;
  /** Area centroid, planar in degrees, its longitude within [-180, 180]. */
  readonly centroid: Position;
}

/**
 * What a ring of [longitude, latitude] covers: counter-clockwise, its first point kept first, cut where it crosses the
 * antimeridian. Edges are taken the short way round, so longitudes may be given on either side of it, 181 or -180.5
 * included; the ring may be closed or not. Throws RangeError on points that enclose no area or are not on the globe.
 */
export function footprintOf(ring: Ring): Footprint {
  const points = openRing(ring);
  checkPoints(points);
  const unwrapped = unwrap(points);
  const centroid = centroidOf(unwrapped);
  const parts = cutAtAntimeridian(counterClockwise(unwrapped));
  const rings = parts.filter((part) => signedArea(part) !== 0).map(closeRing);
  const [only] = rings;
  const geometry: Polygon | MultiPolygon =
    rings.length === 1 && only !== undefined
      ? { type: 'Polygon', coordinates: [only] }
      : { type: 'MultiPolygon', coordinates: rings.map((part) => [part]) };
  return { geometry, bbox: bboxOf(geometry), centroid };
}

/** [west, south, east, north]; west > east for parts that meet at the antimeridian, as RFC 7946 section 5.2 has it. */
export function bboxOf(geometry: Geometry): Bbox {
  const boxes = partsOf(geometry).map(boxOf);
  const [west, south, east, north] = boxes.reduce(union, EMPTY_BOX);
  const before = boxes.filter((box) => box[2] === 180 && box[0] > -180);
  const behind = boxes.filter((box) => box[0] === -180 && box[2] < 180);
  const split =
    before.length > 0 && behind.length > 0 && before.length + behind.length === boxes.length;
  if (!split) return [west, south, east, north];
  const from = Math.min(...before.map((box) => box[0]));
  const to = Math.max(...behind.map((box) => box[2]));
  // Parts that overlap go all the way round, as around a pole.
  return from > to ? [from, south, to, north] : [west, south, east, north];
}

function partsOf(geometry: Geometry): Points[] {
  if (geometry.type === 'Point') return [[geometry.coordinates]];
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  return polygons.map((rings) => rings.flat());
}

const EMPTY_BOX: Bbox = [Infinity, Infinity, -Infinity, -Infinity];

function boxOf(points: Points): Bbox {
  return points.map(([x, y]): Bbox => [x, y, x, y]).reduce(union, EMPTY_BOX);
}

function union(a: Bbox, b: Bbox): Bbox {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

function openRing(ring: Ring): Points {
  const [first, last] = [ring[0], ring.at(-1)];
  const closed = ring.length > 1 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
  // + 0 makes -0 a plain 0.
  return (closed ? ring.slice(0, -1) : ring).map(([x, y]) => [x + 0, y + 0]);
}

function checkPoints(points: Points): void {
  if (points.length < 3) {
    throw new RangeError(`has ${points.length} different points, and an area needs 3`);
  }
  const off = points.find(([x, y]) => !(Math.abs(x) <= MAX_LONGITUDE && Math.abs(y) <= 90));
  if (off !== undefined)
    throw new RangeError(`has a point off the globe: longitude ${off[0]}, latitude ${off[1]}`);
}

/** Twice the area; positive when counter-clockwise. */
function signedArea(points: Points): number {
  const [[baseX, baseY] = [0, 0]] = points;
  return points.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = points[index + 1] ?? [baseX, baseY];
    return sum + (x - baseX) * (nextY - baseY) - (nextX - baseX) * (y - baseY);
  }, 0);
}

function counterClockwise(points: Points): Points {
  const [first, ...rest] = points;
  return first === undefined || signedArea(points) > 0 ? points : [first, ...rest.reverse()];
}

/** A fan of triangles from the first point, in the order given: as GEOS reckons it, to the last bits. */
function centroidOf(points: Points): Position {
  const [[baseX, baseY] = [0, 0]] = points;
  let [area, sumX, sumY] = [0, 0, 0];
  for (const [index, [x1, y1]] of points.entries()) {
    const [x2, y2] = points[index + 1] ?? [baseX, baseY];
    const double = (x1 - baseX) * (y2 - baseY) - (x2 - baseX) * (y1 - baseY);
    area += double;
    sumX += double * (baseX + x1 + x2);
    sumY += double * (baseY + y1 + y2);
  }
  if (area === 0) throw new RangeError('encloses no area: its points lie on one line');
  const longitude = sumX / 3 / area;
  return [longitude > 180 ? longitude - 360 : longitude, sumY / 3 / area];
}

function closeRing(points: Points): Position[] {
  const [first] = points;
  return first === undefined ? [] : [...points, first];
}
