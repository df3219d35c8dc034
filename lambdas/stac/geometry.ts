import { cutAtAntimeridian, unwrapRing } from './antimeridian.js';
import type { Bbox, Geometry, MultiPolygon, Polygon, Position, Ring } from './stac.js';
import type { Points } from './turns.js';

const MAX_LONGITUDE = 360;

/** The least area of a part, as a share of the largest part's. */
const LEAST_SHARE = 1e-12;

/** The area that an Item covers. */
export interface Footprint {
  readonly geometry: Polygon | MultiPolygon;
  /** The bounding box of the geometry, as bboxOf returns it. */
  readonly bbox: Bbox;
  /** Centroid of the area on a plane, in degrees; its longitude lies within [-180, 180]. */
  readonly centroid: Position;
}

/**
 * Creates the geometry, bbox and centroid of an Item from one ring of [longitude, latitude] in degrees, open or closed, in
 * either direction. The geometry is counter-clockwise, starts at the first point and is cut at the antimeridian. An edge
 * takes the shorter way around the globe, so 181, -179 and -180.5 are valid longitudes (the limit is 360).
 *
 * A ring around a pole becomes one polygon from -180 to 180 that runs along that pole, and starts on the antimeridian. The
 * pole is the one on the ring's side of the equator. The polygon is cut where the ring touches the pole.
 *
 * Throws RangeError if the ring has fewer than 3 points, encloses no area, or has a point out of range.
 *
 * @example
 * footprintOf([[10, 50], [12, 50], [12, 51], [10, 51]]);
 * // geometry: { type: 'Polygon', coordinates: [[[10, 50], [12, 50], [12, 51], [10, 51], [10, 50]]] }
 * // bbox: [10, 50, 12, 51], centroid: [11, 50.5]
 *
 * footprintOf([[179, 0], [-178, 0], [-178, 1], [179, 1]]);
 * // geometry: a MultiPolygon of 179 to 180 and -180 to -178
 * // bbox: [179, 0, -178, 1], centroid: [-179.5, 0.5]
 *
 * footprintOf([[0, 80], [120, 80], [-120, 80]]);
 * // geometry: a Polygon of -180 80, ..., 180 80, 180 90, -180 90
 * // bbox: [-180, 80, 180, 90], centroid: [0, 85]
 *
 * @see https://www.rfc-editor.org/rfc/rfc7946#section-3.1.9
 */
export function footprintOf(ring: Ring): Footprint {
  const points = openRing(ring);
  checkPoints(points);
  const areas = unwrapRing(points);
  const centroid = centroidOf(areas);
  const parts = areas.flatMap((area) => cutAtAntimeridian(counterClockwise(area)));
  const rings = withoutSlivers(parts).map(closeRing);
  const [only] = rings;
  const geometry: Polygon | MultiPolygon =
    rings.length === 1 && only !== undefined
      ? { type: 'Polygon', coordinates: [only] }
      : { type: 'MultiPolygon', coordinates: rings.map((part) => [part]) };
  return { geometry, bbox: bboxOf(geometry), centroid };
}

/**
 * Returns [west, south, east, north] of a geometry, in degrees. West is greater than east if the parts of a MultiPolygon
 * meet at the antimeridian, as footprintOf cuts them.
 *
 * @example
 * bboxOf({ type: 'Point', coordinates: [11, 48] }); // [11, 48, 11, 48]
 * bboxOf(footprintOf([[179, 0], [-178, 0], [-178, 1], [179, 1]]).geometry); // [179, 0, -178, 1]
 *
 * @see https://www.rfc-editor.org/rfc/rfc7946#section-5.2
 */
export function bboxOf(geometry: Geometry): Bbox {
  const boxes = partsOf(geometry).map(boxOf);
  const [west, south, east, north] = boxes.reduce(union, EMPTY_BOX);
  const western = boxes.filter((box) => box[2] === 180 && box[0] > -180);
  const eastern = boxes.filter((box) => box[0] === -180 && box[2] < 180);
  const split =
    western.length > 0 && eastern.length > 0 && western.length + eastern.length === boxes.length;
  if (!split) return [west, south, east, north];
  const from = Math.min(...western.map((box) => box[0]));
  const to = Math.max(...eastern.map((box) => box[2]));
  // Parts that overlap span all longitudes, as a cap at a pole does.
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
  // Adding 0 turns -0 into 0.
  return (closed ? ring.slice(0, -1) : ring).map(([x, y]) => [x + 0, y + 0]);
}

function checkPoints(points: Points): void {
  const outside = points.find(([x, y]) => !(Math.abs(x) <= MAX_LONGITUDE && Math.abs(y) <= 90));
  if (outside !== undefined)
    throw new RangeError(
      `has a point out of range: longitude ${outside[0]}, latitude ${outside[1]}`,
    );
  if (points.length < 3) {
    throw new RangeError(`an area needs at least 3 different points (given ${points.length})`);
  }
}

/** Twice the area; positive if the ring is counter-clockwise. */
function signedArea(points: Points): number {
  const [[baseX, baseY] = [0, 0]] = points;
  return points.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = points[index + 1] ?? [baseX, baseY];
    return sum + (x - baseX) * (nextY - baseY) - (nextX - baseX) * (y - baseY);
  }, 0);
}

/** Leaves out parts whose area is a rounding error of the whole. */
function withoutSlivers(parts: readonly Points[]): Points[] {
  const areas = parts.map((part) => Math.abs(signedArea(part)));
  const least = Math.max(...areas) * LEAST_SHARE;
  return parts.filter((_, index) => (areas[index] ?? 0) > least);
}

function counterClockwise(points: Points): Points {
  const [first, ...rest] = points;
  return first === undefined || signedArea(points) > 0 ? points : [first, ...rest.reverse()];
}

/**
 * Sums a fan of triangles from the first point of each area in the given order, as GEOS does, to get the same last bits.
 * All areas have the same direction.
 */
function centroidOf(areas: readonly Points[]): Position {
  let [area, sumX, sumY] = [0, 0, 0];
  for (const points of areas) {
    const [[baseX, baseY] = [0, 0]] = points;
    for (const [index, [x1, y1]] of points.entries()) {
      const [x2, y2] = points[index + 1] ?? [baseX, baseY];
      const double = (x1 - baseX) * (y2 - baseY) - (x2 - baseX) * (y1 - baseY);
      area += double;
      sumX += double * (baseX + x1 + x2);
      sumY += double * (baseY + y1 + y2);
    }
  }
  if (area === 0) throw new RangeError('encloses no area: its points lie on one line');
  const longitude = sumX / 3 / area;
  return [longitude > 180 ? longitude - 360 : longitude, sumY / 3 / area];
}

function closeRing(points: Points): Position[] {
  const [first] = points;
  return first === undefined ? [] : [...points, first];
}
