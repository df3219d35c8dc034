import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bboxOf, footprintOf } from '../../../lambdas/stac/geometry.js';
import type { MultiPolygon, Polygon, Position, Ring } from '../../../lambdas/stac/stac.js';
import { invalidityOf } from '../../support/validity.js';

/** Degrees in steps of a quarter, so that many points share a meridian, also the antimeridian. */
const quarters = (min: number, max: number) =>
  fc.integer({ min: min * 4, max: max * 4 }).map((n) => n / 4);
/** Degrees with all digits. */
const degrees = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const either = (min: number, max: number) => fc.oneof(quarters(min, max), degrees(min, max));

/** How an author may give a ring: from any point on, in both directions, closed or open, in any turn. */
const spelling = fc.record({
  start: fc.nat(),
  reversed: fc.boolean(),
  closed: fc.boolean(),
  wrapped: fc.boolean(),
});
type Spelling = typeof spelling extends fc.Arbitrary<infer T> ? T : never;

function spelled(points: Ring, { start, reversed, closed, wrapped }: Spelling): Position[] {
  const first = start % points.length;
  const turned = [...points.slice(first), ...points.slice(0, first)];
  const directed = reversed ? turned.reverse() : turned;
  const ring = directed.map(([x, y]): Position => [wrapped || Math.abs(x) > 360 ? wrap(x) : x, y]);
  return closed ? [...ring, ...ring.slice(0, 1)] : ring;
}

function wrap(longitude: number): number {
  return longitude - 360 * Math.round(longitude / 360);
}

/** The area above a chain of points, up to a pole. */
function areaUpTo(pole: number, chain: Ring): number {
  return chain.slice(1).reduce((sum, [x, y], index) => {
    const [fromX, fromY] = chain[index] ?? [x, y];
    return sum + Math.abs(pole - (y + fromY) / 2) * (x - fromX);
  }, 0);
}

function ringsOf(geometry: Polygon | MultiPolygon): Ring[] {
  return geometry.type === 'Polygon' ? [...geometry.coordinates] : geometry.coordinates.flat();
}

function areaOf(ring: Ring): number {
  return ring.slice(1).reduce((sum, [x, y], index) => {
    const [fromX, fromY] = ring[index] ?? [x, y];
    return sum + (fromX * y - x * fromY) / 2;
  }, 0);
}

/** Checks what holds for every footprint: its form, its bbox and centroid, and the area on a plane. */
function check(ring: Ring, area: number): void {
  const { geometry, bbox, centroid } = footprintOf(ring);
  const rings = ringsOf(geometry);
  expect(invalidityOf(geometry)).toBeUndefined();
  expect(rings.every((each) => areaOf(each) > 0)).toBe(true);
  expect(rings.flat().every(([x, y]) => Math.abs(x) <= 180 && Math.abs(y) <= 90)).toBe(true);
  expect(rings.reduce((sum, each) => sum + areaOf(each), 0)).toBeCloseTo(area, 6);
  expect(bbox).toEqual(bboxOf(geometry));
  expect(Math.abs(centroid[0])).toBeLessThanOrEqual(180);
  expect(centroid[1]).toBeGreaterThanOrEqual(bbox[1]);
  expect(centroid[1]).toBeLessThanOrEqual(bbox[3]);
}

describe('a footprint is valid, as another library judges,', () => {
  const runs = { numRuns: 300 };

  test('[N11] for every ring that goes around a point, with and without the antimeridian', () => {
    const corner = fc.record({ gap: fc.integer({ min: 1, max: 9 }), radius: degrees(0.05, 1) });
    const corners = fc.array(corner, { minLength: 5, maxLength: 24 });
    const ellipse = fc.tuple(
      fc.tuple(either(-190, 190), either(-45, 45)),
      fc.tuple(degrees(0.5, 85), degrees(0.5, 45)),
    );

    fc.assert(
      fc.property(corners, ellipse, spelling, (steps, [[x, y], [width, height]], as) => {
        const all = steps.reduce((sum, { gap }) => sum + gap, 0);
        // Less than half a turn, or the ring does not go around the centre.
        fc.pre(steps.every(({ gap }) => gap < all * 0.45));
        let angle = 0;
        const ring = steps.map(({ gap, radius }): Position => {
          angle += (gap / all) * 2 * Math.PI;
          const [dx, dy] = [Math.cos(angle) * radius * width, Math.sin(angle) * radius * height];
          return [x + dx, y + dy];
        });
        check(spelled(ring, as), areaOf([...ring, ...ring.slice(0, 1)]));
      }),
      runs,
    );
  });

  /** Longitudes of a whole turn, in steps of less than half a turn, with a latitude each. */
  const around = (latitude: fc.Arbitrary<number>) =>
    fc
      .tuple(
        either(-180, 180),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), latitude), {
          minLength: 3,
          maxLength: 20,
        }),
      )
      .filter(([, steps]) => {
        const all = steps.reduce((sum, [gap]) => sum + gap, 0);
        return steps.every(([gap]) => gap < all * 0.49);
      })
      .map(([start, steps]) => {
        const all = steps.reduce((sum, [gap]) => sum + gap, 0);
        let passed = 0;
        return steps.map(([gap, y]): Position => {
          passed += gap;
          return [start + (360 * passed) / all, y];
        });
      });

  const wholeTurn = (ring: Ring): Ring => [
    ...ring,
    ...ring.slice(0, 1).map(([x, y]): Position => [x + 360, y]),
  ];
  /** Whether the ring does not cross itself anywhere around the world. */
  const isSimple = (ring: Ring): boolean => {
    const turns = [0, 360, 720].flatMap((turn) => ring.map(([x, y]): Position => [x + turn, y]));
    const [west, east] = [(turns[0]?.[0] ?? 0) - 360, (turns.at(-1)?.[0] ?? 0) + 360];
    const closing: Position[] = [[east, 0], [east, 91], [west, 91], [west, 0]]; // prettier-ignore
    const whole = [...turns, ...closing, ...turns.slice(0, 1)];
    return invalidityOf({ type: 'Polygon', coordinates: [whole] }) === undefined;
  };
  const pole = fc.constantFrom(90, -90);

  test('[N11] for every ring around a pole', () => {
    fc.assert(
      fc.property(around(either(20, 89.75)), pole, spelling, (northern, at, as) => {
        const ring = northern.map(([x, y]): Position => [x, y * Math.sign(at)]);
        check(spelled(ring, as), areaUpTo(at, wholeTurn(ring)));

        const { geometry, bbox } = footprintOf(spelled(ring, as));
        expect(geometry.type).toBe('Polygon');
        expect([bbox[0], bbox[2]]).toEqual([-180, 180]);
        expect(at > 0 ? bbox[3] : bbox[1]).toBe(at);
      }),
      runs,
    );
  });

  test('[N11] for every ring around a pole that it touches in one point or more', () => {
    const touching = fc.oneof(either(20, 90), fc.constant(90));
    fc.assert(
      fc.property(around(touching), pole, spelling, (northern, at, as) => {
        const ring = northern.map(([x, y]): Position => [x, y * Math.sign(at)]);
        const area = areaUpTo(at, wholeTurn(ring));
        fc.pre(area > 1);
        check(spelled(ring, as), area);
      }),
      runs,
    );
  });

  test('[N11] for every ring around a pole that crosses the antimeridian several times', () => {
    // A tongue towards the pole or away from it, which leans over the neighbouring points.
    const tongue = fc.record({
      pole,
      at: fc.nat(),
      lean: quarters(-80, 80),
      tip: fc.oneof(quarters(76, 90), quarters(20, 54)),
    });
    fc.assert(
      fc.property(around(quarters(60, 70)), tongue, spelling, (low, lick, as) => {
        const at = lick.pole;
        const index = lick.at % low.length;
        const [x, y] = low[index] ?? [0, 0];
        const next = wholeTurn(low)[index + 1]?.[0] ?? x;
        const tip = [x + lick.lean, lick.tip] as const;
        const shaped = [...low.slice(0, index + 1), tip, [Math.min(x + 1, (x + next) / 2), y]];
        const northern = [...shaped, ...low.slice(index + 1)] as Position[];
        fc.pre(isSimple(northern));
        const ring = northern.map(([a, b]): Position => [a, b * Math.sign(at)]);
        check(spelled(ring, as), areaUpTo(at, wholeTurn(ring)));
      }),
      runs,
    );
  });
});
