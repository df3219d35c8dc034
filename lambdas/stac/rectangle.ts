import { bboxOf } from './geometry.js';
import type { Bbox, MultiPolygon, Polygon, Position } from './stac.js';

/** The geometry of a bounding box, and the box. */
export interface Rectangle {
  readonly geometry: Polygon | MultiPolygon;
  readonly bbox: Bbox;
}

/**
 * Returns the geometry and the bbox of an Item that covers a rectangle, given as [west, south, east, north] in degrees.
 * West is greater than east if the rectangle crosses the antimeridian, at which the geometry is cut. Unlike footprintOf,
 * it allows rectangles that are wider than 180 degrees.
 *
 * Throws RangeError if the rectangle encloses no area, or lies beyond -180 to 180 and -90 to 90.
 *
 * @example
 * rectangleOf([10, 50, 12, 51]);
 * // geometry: { type: 'Polygon', coordinates: [[[10, 50], [12, 50], [12, 51], [10, 51], [10, 50]]] }
 * // bbox: [10, 50, 12, 51]
 *
 * rectangleOf([-180, -90, 180, 90]); // the globe
 * rectangleOf([179, 0, -178, 1]); // geometry: a MultiPolygon of 179 to 180 and -180 to -178
 */
export function rectangleOf(box: Bbox): Rectangle {
  const [west, south, east, north] = box;
  checkBox(box);
  const spans: readonly (readonly [number, number])[] =
    west < east
      ? [[west, east]]
      : [
          [west, 180],
          [-180, east],
        ];
  const rings = spans
    .filter(([from, to]) => from < to)
    .map(([from, to]): Position[] => [
      ...([
        [from, south],
        [to, south],
        [to, north],
        [from, north],
      ] as const),
      [from, south],
    ]);
  const [only] = rings;
  const geometry: Polygon | MultiPolygon =
    rings.length === 1 && only !== undefined
      ? { type: 'Polygon', coordinates: [only] }
      : { type: 'MultiPolygon', coordinates: rings.map((ring) => [ring]) };
  return { geometry, bbox: bboxOf(geometry) };
}

function checkBox([west, south, east, north]: Bbox): void {
  const given = `[${[west, south, east, north].join(', ')}]`;
  const isWithin = [west, east].every((x) => Math.abs(x) <= 180) && Math.abs(south) <= 90;
  if (!isWithin || !(Math.abs(north) <= 90))
    throw new RangeError(`the rectangle ${given} lies beyond -180 to 180 and -90 to 90 degrees`);
  const isEmpty = south >= north || west === east || (west === 180 && east === -180);
  if (isEmpty)
    throw new RangeError(`the rectangle ${given} encloses no area: give west, south, east, north`);
}
