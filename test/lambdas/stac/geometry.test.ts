import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bboxOf, footprintOf } from '../../../lambdas/stac/geometry.js';
import type { Bbox, Position } from '../../../lambdas/stac/stac.js';
import { invalidityOf } from '../../support/validity.js';

/** A rectangle, counter-clockwise from its south-west corner. */
function box(...[west, south, east, north]: Bbox): Position[] {
  return ring(`${west} ${south}, ${east} ${south}, ${east} ${north}, ${west} ${north}`);
}

/** `longitude latitude, longitude latitude, ...` */
function ring(text: string): Position[] {
  return text.split(', ').map((pair) => pair.split(' ').map(Number) as [number, number]);
}

function closed(points: readonly Position[]): Position[] {
  return [...points, ...points.slice(0, 1)];
}

function polygon(points: readonly Position[]): unknown {
  return { type: 'Polygon', coordinates: [closed(points)] };
}

function ringSet(points: readonly unknown[]): Set<string> {
  return new Set(points.map((point) => JSON.stringify(point)));
}

function multiPolygon(...parts: readonly (readonly Position[])[]): unknown {
  return { type: 'MultiPolygon', coordinates: parts.map((part) => [closed(part)]) };
}

describe('footprintOf', () => {
  test('closes an open ring and keeps a closed one', () => {
    const expected = { geometry: polygon(box(1, 2, 4, 4)), bbox: [1, 2, 4, 4], centroid: [2.5, 3] };

    expect(footprintOf(box(1, 2, 4, 4))).toEqual(expected);
    expect(footprintOf(closed(box(1, 2, 4, 4)))).toEqual(expected);
  });

  test('leaves out repeated points, also after a full turn', () => {
    const expected = polygon(box(170, 2, 175, 4));

    expect(footprintOf(ring('170 2, 175 2, 175 2, 175 4, 170 4, -190 2')).geometry).toEqual(
      expected,
    );
  });

  test('[E14] reverses a clockwise ring and keeps its first point', () => {
    const [a, b, c, d] = box(1, 2, 4, 4) as [Position, Position, Position, Position];

    expect(footprintOf([b, a, d, c]).geometry).toEqual(polygon([b, c, d, a]));
  });

  test('returns 0 instead of -0', () => {
    const { geometry, bbox } = footprintOf([
      [-0, -0],
      [1, -0],
      [1, 1],
      [-0, 1],
    ]);

    expect(geometry).toEqual(polygon(box(0, 0, 1, 1)));
    expect(bbox).toEqual([0, 0, 1, 1]);
  });

  test('returns 0 if a full turn leaves less than the precision', () => {
    const { geometry } = footprintOf(ring('350 0, 359.9999999999999 0, 350 1'));

    expect(geometry).toEqual(polygon(ring('-10 0, 0 0, -10 1')));
  });

  test('keeps all digits of longitudes that it does not shift', () => {
    const points: Position[] = [
      [1 / 3, 0],
      [2 / 3, 0],
      [1 / 3, 1],
    ];

    expect(footprintOf(points).geometry).toEqual(polygon(points));
  });

  test.each([
    ['a triangle', ring('1 2, 4 2, 1 8'), [2, 4]],
    ['a rectangle under a triangle', ring('1 1, 5 1, 5 3, 1 7'), [8 / 3, 19 / 6]],
    ['a rectangle that 180 halves', box(179, 0, 181, 1), [180, 0.5]],
    ['a rectangle mostly beyond 180', box(179, 0, 185, 1), [-178, 0.5]],
  ] as [string, Position[], Position][])('finds the centroid of %s', (_, points, [x, y]) => {
    const { centroid } = footprintOf(points);

    expect(centroid[0]).toBeCloseTo(x, 9);
    expect(centroid[1]).toBeCloseTo(y, 9);
  });

  test('finds a centroid that moves with the ring', () => {
    const pentagon = ring('0 0, 5 1, 7 4, 3 9, -2 3');
    const moved = pentagon.map(([x, y]): Position => [x + 7, y + 11]);

    const [[x, y], centroid] = [pentagon, moved].map((points) => footprintOf(points).centroid) as [
      Position,
      Position,
    ];

    expect(centroid[0] - x).toBeCloseTo(7, 9);
    expect(centroid[1] - y).toBeCloseTo(11, 9);
  });

  test('accepts a ring up to a pole, and one of several turns', () => {
    expect(footprintOf(box(0, 80, 10, 90)).geometry).toEqual(polygon(box(0, 80, 10, 90)));
    expect(footprintOf(ring('360 0, -350 0, -350 1, 360 1')).geometry).toEqual(
      polygon(box(0, 0, 10, 1)),
    );
  });

  test.each([
    ['east', ring('-80 0, 100 0, 10 50')],
    ['west', ring('100 0, -80 0, 10 -50')],
  ] as [string, Position[]][])(
    'keeps the direction of an edge of 180 degrees to the %s',
    (_, points) => {
      const expected = points[0]?.[0] === -80 ? [-80, 0, 100, 50] : [-80, -50, 100, 0];

      expect(footprintOf(points).bbox).toEqual(expected);
    },
  );

  test('leaves out a spike across the antimeridian, which has no area there', () => {
    const { geometry } = footprintOf(ring('178 0, 179 0.5, 181 0.5, 182 0.5, 179 0.5, 178 1'));

    expect(geometry.type).toBe('Polygon');
    expect(geometry.coordinates.flat(2).every((x) => Number(x) >= 0)).toBe(true);
  });
});

describe('[E10] a ring across the antimeridian', () => {
  const split = multiPolygon(box(179.2, -10, 180, -9), box(-180, -10, -179.7, -9));

  test.each([
    ['on either side of it', ring('179.2 -10, -179.7 -10, -179.7 -9, 179.2 -9')],
    ['beyond 180', box(179.2, -10, 180.3, -9)],
    ['beyond -180', box(-180.8, -10, -179.7, -9)],
    ['mixed', ring('179.2 -10, 180.3 -10, -179.7 -9, -180.8 -9')],
  ] as [string, Position[]][])('given %s is split, without rounding errors', (_, points) => {
    const { geometry, bbox, centroid } = footprintOf(points);

    expect(geometry).toEqual(split);
    expect(bbox).toEqual([179.2, -10, -179.7, -9]);
    expect(centroid[0]).toBeCloseTo(179.75, 9);
    expect(centroid[1]).toBeCloseTo(-9.5, 9);
  });

  test('is cut by a straight line in longitude and latitude', () => {
    const { geometry } = footprintOf(ring('179 0, -178 3, -178 6, 179 3'));

    expect(geometry).toEqual(
      multiPolygon(ring('179 0, 180 1, 180 4, 179 3'), ring('-180 1, -178 3, -178 6, -180 4')),
    );
  });

  test('has its western part first, even if its first point is east of the antimeridian', () => {
    const points = ring('-179 0, -179 1, 179 1, 179 0');

    expect(footprintOf(points).geometry).toEqual(
      multiPolygon(ring('180 1, 179 1, 179 0, 180 0'), ring('-179 0, -179 1, -180 1, -180 0')),
    );
  });

  test('that crosses it twice has one part for each stretch', () => {
    // A U on its side, open to the east.
    const points = ring('178 0, -178 0, -178 1, 179 1, 179 2, -178 2, -178 3, 178 3');

    const { geometry, bbox } = footprintOf(points);

    expect(geometry).toEqual(
      multiPolygon(
        ring('178 0, 180 0, 180 1, 179 1, 179 2, 180 2, 180 3, 178 3'),
        ring('-180 0, -178 0, -178 1, -180 1'),
        ring('-180 2, -178 2, -178 3, -180 3'),
      ),
    );
    expect(bbox).toEqual([178, 0, -178, 3]);
  });
});

describe('a ring that only touches the antimeridian is one polygon', () => {
  test.each([
    ['from the west, as 180', box(179, 0, 180, 1), box(179, 0, 180, 1)],
    ['from the east, as -180', box(-180, 0, -179, 1), box(-180, 0, -179, 1)],
    ['from the east, as 180', ring('180 0, -179 0, -179 1, 180 1'), box(-180, 0, -179, 1)],
    [
      'from the west, as -180',
      ring('-180 0, -180 1, 179 1, 179 0'),
      ring('180 0, 180 1, 179 1, 179 0'),
    ],
    ['from the east, as both', ring('-180 0, -179 0, -179 1, 180 1'), box(-180, 0, -179, 1)],
    ['with a corner', ring('180 0, 179 1, 178 0, 179 -1'), ring('180 0, 179 1, 178 0, 179 -1')],
    ['given as 181 to 182', box(181, 0, 182, 1), box(-179, 0, -178, 1)],
  ] as [string, Position[], Position[]][])('%s', (_, points, expected) => {
    const { geometry } = footprintOf(points);

    expect(geometry.type).toBe('Polygon');
    expect(ringSet(geometry.coordinates.flat())).toEqual(ringSet(expected));
  });
});

describe('near a pole', () => {
  test('a ring beside the pole is a polygon like any other', () => {
    expect(footprintOf(ring('10 85, 80 84, 120 87, -20 88')).geometry.type).toBe('Polygon');
  });

  const cap = ring('-180 80, -90 80, 0 80, 90 80, 180 80, 180 90, -180 90');
  const southern = ring('-180 -80, -180 -90, 180 -90, 180 -80, 90 -80, 0 -80, -90 -80');

  test.each<[string, Position[], Position[]]>([
    ['from the east', ring('-180 80, -90 80, 0 80, 90 80'), cap],
    ['with another start', ring('0 80, 90 80, 180 80, -90 80'), cap],
    ['in the other direction', ring('0 80, -90 80, 180 80, 90 80'), cap],
    ['closed', ring('0 80, 90 80, 180 80, -90 80, 0 80'), cap],
    ['in longitudes from 0 to 360', ring('0 80, 90 80, 180 80, 270 80, 360 80'), cap],
    ['of the south', ring('0 -80, 90 -80, 180 -80, -90 -80'), southern],
    ['of the south, in the other direction', ring('0 -80, -90 -80, 180 -80, 90 -80'), southern],
  ])(
    '[N11] a ring around it is one polygon that runs along the pole: %s',
    (_, points, expected) => {
      const { geometry, bbox, centroid } = footprintOf(points);

      expect(geometry).toEqual(polygon(expected));
      expect(bbox).toEqual(expected === cap ? [-180, 80, 180, 90] : [-180, -90, 180, -80]);
      expect(centroid[0]).toBeCloseTo(0, 9);
      expect(centroid[1]).toBeCloseTo(expected === cap ? 85 : -85, 9);
    },
  );

  test('[N11] a ring around it is cut where it crosses the antimeridian', () => {
    const { geometry } = footprintOf(ring('-90 70, 90 72, 170 74, -160 80'));

    const [outer = []] = geometry.coordinates as Position[][];
    expect(outer).toEqual(
      closed(ring('-180 76, -160 80, -90 70, 90 72, 170 74, 180 76, 180 90, -180 90')),
    );
  });

  test('[N11] a ring around it that crosses the antimeridian three times has a part on the other side', () => {
    const { geometry, bbox } = footprintOf(ring('0 70, 120 70, -170 60, 170 72, -100 72'));

    expect(geometry).toEqual(
      multiPolygon(
        ring(
          '-180 72, -100 72, 0 70, 120 70, 180 61.42857142857143, 180 66, 170 72, 180 72, 180 90, -180 90',
        ),
        ring('-180 61.42857142857143, -170 60, -180 66'),
      ),
    );
    expect(bbox).toEqual([-180, 60, 180, 90]);
  });

  test('[N11] a ring around it that touches it in one point is cut there', () => {
    const { geometry, bbox } = footprintOf(ring('0 90, 90 70, 180 70, -90 70'));

    expect(geometry).toEqual(
      multiPolygon(ring('0 90, 90 70, 180 70, 180 90'), ring('-180 70, -90 70, 0 90, -180 90')),
    );
    expect(bbox).toEqual([-180, 70, 180, 90]);
  });

  test('[N11] a ring that has the pole as a corner is a polygon like any other', () => {
    expect(footprintOf(ring('0 80, 40 80, 40 90, 0 90')).geometry).toEqual(
      polygon(ring('0 80, 40 80, 40 90, 0 90')),
    );
  });

  test('[N11] the footprint of a footprint is the same', () => {
    const { geometry } = footprintOf(ring('10 80, 100 70, -170 75, -90 70'));

    const [outer = []] = geometry.coordinates as Position[][];
    const again = footprintOf(outer);
    expect(again.bbox).toEqual([-180, 70, 180, 90]);
    expect(ringSet(again.geometry.coordinates.flat())).toEqual(ringSet(outer));
  });
});

test('a ring around the world that is as far north as south of the equator becomes the northern cap', () => {
  const { bbox } = footprintOf(ring('0 10, 90 -10, 180 10, -90 -10'));

  expect(bbox).toEqual([-180, -10, 180, 90]);
});

describe('footprintOf throws RangeError for', () => {
  test.each([
    ['no points', [], 'an area needs at least 3 different points (given 0)'],
    ['one point', ring('0 0'), 'an area needs at least 3 different points (given 1)'],
    ['two points', ring('0 0, 1 1, 0 0'), 'an area needs at least 3 different points (given 2)'],
    ['a line', ring('0 0, 1 1, 2 2'), 'encloses no area'],
    ['a latitude out of range', ring('0 0, 1 91, 2 0'), 'out of range: longitude 1, latitude 91'],
    [
      'a longitude out of range',
      ring('0 0, 361 1, 2 0'),
      'out of range: longitude 361, latitude 1',
    ],
    ['NaN', ring('0 0, NaN 1, 2 0'), 'out of range'],
  ] as [string, Position[], string][])('%s', (_, points, problem) => {
    expect(() => footprintOf(points)).toThrow(problem);
    expect(() => footprintOf(points)).toThrow(RangeError);
  });
});

test('the parts of any convex ring cover its area and lie within [-180, 180]', () => {
  const degrees = (min: number, max: number) =>
    fc.integer({ min: min * 1000, max: max * 1000 }).map((n) => n / 1000);

  fc.assert(
    fc.property(
      fc.tuple(
        degrees(-179, 179),
        degrees(-80, 70),
        degrees(1, 40),
        fc.integer({ min: -1, max: 0 }),
      ),
      ([west, south, width, turns]) => {
        const points = box(west + 360 * turns, south, west + width + 360 * turns, south + 5);
        fc.pre(points.every(([x]) => Math.abs(x) <= 360));
        const { geometry, bbox } = footprintOf(points.reverse());

        const parts = (
          geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
        ).map(([part = []]) => part);
        const area = parts.map(areaOf).reduce((sum, part) => sum + part, 0);
        expect(area).toBeCloseTo(width * 5, 6);
        expect(parts.every((part) => areaOf(part) > 0)).toBe(true);
        expect(parts.flat().every(([x]) => Math.abs(x) <= 180)).toBe(true);
        expect(bbox[0] > bbox[2]).toBe(geometry.type === 'MultiPolygon');
      },
    ),
  );
});

test('the parts of a ring that crosses or touches the antimeridian any number of times cover its area and repeat no point', () => {
  // The west and east end of each parallel, in whole degrees: many of them lie on the antimeridian.
  const widths = fc.array(
    fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 1, max: 6 })),
    { minLength: 2, maxLength: 8 },
  );
  fc.assert(
    fc.property(widths, fc.nat(), (rows, start) => {
      const west = rows.map(([x], y): Position => [180 + x, y]);
      const east = rows.map(([x, width], y): Position => [180 + x + width, y]);
      const whole = [...east, ...west.reverse()];
      const first = start % whole.length;
      const { geometry } = footprintOf([...whole.slice(first), ...whole.slice(0, first)]);

      const parts = (
        geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
      ).map(([part = []]) => part);
      expect(parts.reduce((sum, part) => sum + areaOf(part), 0)).toBeCloseTo(
        areaOf(closed(whole)),
        6,
      );
      expect(parts.every((part) => areaOf(part) > 0)).toBe(true);
      expect(parts.flat().every(([x]) => Math.abs(x) <= 180)).toBe(true);
      const repeats = parts.flatMap((part) =>
        part.slice(1).filter((point, index) => String(point) === String(part[index])),
      );
      expect(repeats).toEqual([]);
      expect(invalidityOf(geometry)).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

function areaOf(points: readonly Position[]): number {
  return points.slice(1).reduce((sum, [x, y], index) => {
    const [px, py] = points[index] ?? [0, 0];
    return sum + (px * y - x * py) / 2;
  }, 0);
}

describe('bboxOf', () => {
  test('of a point is that point', () => {
    expect(bboxOf({ type: 'Point', coordinates: [1, 2] })).toEqual([1, 2, 1, 2]);
  });

  test('of parts on either side of the antimeridian that do not reach it goes the long way', () => {
    const coordinates = [[closed(box(170, 0, 175, 1))], [closed(box(-175, 0, -170, 1))]];

    expect(bboxOf({ type: 'MultiPolygon', coordinates })).toEqual([-175, 0, 175, 1]);
  });

  const bboxOfBoxes = (...boxes: readonly Bbox[]) =>
    bboxOf({ type: 'MultiPolygon', coordinates: boxes.map((each) => [closed(box(...each))]) });

  test('of parts that meet at the antimeridian has west > east', () => {
    expect(bboxOfBoxes([-180, 2, -170, 3], [175, 0, 180, 1])).toEqual([175, 0, -170, 3]);
  });

  test('of several parts on either side goes from the westernmost to the easternmost', () => {
    expect(
      bboxOfBoxes([170, 0, 180, 1], [175, 2, 180, 3], [-180, 0, -170, 1], [-180, 2, -175, 3]),
    ).toEqual([170, 0, -170, 3]);
  });

  test.each<[string, Bbox[], Bbox]>([
    ['one part that reaches it from the west', [[179, 0, 180, 1]], [179, 0, 180, 1]],
    ['one part that reaches it from the east', [[-180, 0, -179, 1]], [-180, 0, -179, 1]],
    [
      'a part in the west that does not reach it',
      [
        [170, 0, 175, 1],
        [-180, 0, -170, 1],
      ],
      [-180, 0, 175, 1],
    ],
    [
      'a part in the east that does not reach it',
      [
        [175, 0, 180, 1],
        [-175, 0, -170, 1],
      ],
      [-175, 0, 180, 1],
    ],
    [
      'a third part elsewhere',
      [
        [175, 0, 180, 1],
        [-180, 0, -170, 1],
        [0, 0, 1, 1],
      ],
      [-180, 0, 180, 1],
    ],
    [
      'parts that overlap',
      [
        [-100, 0, 180, 1],
        [-180, 0, 100, 1],
      ],
      [-180, 0, 180, 1],
    ],
    [
      'parts that meet on the other side',
      [
        [0, 0, 180, 1],
        [-180, 0, 0, 1],
      ],
      [-180, 0, 180, 1],
    ],
  ])('of %s goes from west to east', (_, boxes, expected) => {
    expect(bboxOfBoxes(...boxes)).toEqual(expected);
  });
});
