import { polarAreas } from './pole.js';
import type { Position, Ring } from './stac.js';
import { nearest, shift, snapped, type Points } from './turns.js';

/**
 * Shifts the longitudes of a ring by full turns, so that no edge spans more than 180 degrees and the west end lies in
 * [-180, 180). Longitudes of a ring that crosses the antimeridian go beyond 180. A ring around a pole becomes the area up
 * to that pole, closed along it from the antimeridian to the antimeridian. The result is several rings only if such a ring
 * touches the pole more than once.
 *
 * @example
 * unwrapRing([[179, 0], [-179, 0], [-179, 1]]); // [[[179, 0], [181, 0], [181, 1]]]
 * unwrapRing([[0, 80], [120, 80], [-120, 80]]);
 * // [[[-180, 80], [-120, 80], [0, 80], [120, 80], [180, 80], [180, 90], [-180, 90]]]
 */
export function unwrapRing(points: Points): Position[][] {
  const unwrapped: Position[] = [];
  for (const [longitude, latitude] of points) {
    const previous = unwrapped.at(-1)?.[0] ?? longitude;
    unwrapped.push([snapped(nearest(longitude, previous)), latitude]);
  }
  const [first, last] = [unwrapped[0]?.[0] ?? 0, unwrapped.at(-1)?.[0] ?? 0];
  const turn = Math.round((nearest(first, last) - first) / 360) * 360;
  const areas = turn === 0 ? [unwrapped] : polarAreas({ points: unwrapped, turn });
  return areas.map((area) => shiftIntoWorld(withoutRepeats(area)));
}

/** Shifts the whole ring by full turns, so that its west end lies in [-180, 180). */
function shiftIntoWorld(points: Points): Position[] {
  const west = Math.min(...points.map(([longitude]) => longitude));
  const turns = -Math.floor((west + 180) / 360);
  return points.map(([longitude, latitude]) => [shift(longitude, turns), latitude]);
}

/**
 * Cuts an unwrapped counter-clockwise ring at 180 degrees, and at 540 and so on, and returns its parts as open rings: first
 * those that end at 180, then those that start at -180. An edge is a straight line in longitude and latitude.
 *
 * @example
 * cutAtAntimeridian([[179, 0], [181, 0], [181, 1], [179, 1]]);
 * // [[179, 0], [180, 0], [180, 1], [179, 1]] and [[-180, 0], [-179, 0], [-179, 1], [-180, 1]]
 *
 * @see https://www.rfc-editor.org/rfc/rfc7946#section-3.1.9
 */
export function cutAtAntimeridian(points: Points): Position[][] {
  if (points.every(([longitude]) => longitude <= 180)) return [[...points]];
  const chains = chainsOf(points);
  const west = chains.filter(({ longitude }) => longitude < 180);
  const east = chains.filter(({ longitude }) => longitude > 180);
  // North of the end of a western chain is the inside, and south of the end of an eastern one.
  const parts = [...joinChains(west, 'end'), ...joinChains(east, 'start')].map((part) =>
    startingAt(withoutRepeats(part), points[0]),
  );
  return parts
    .filter((part) => part.length > 2)
    .flatMap((part) =>
      part.some(([longitude]) => longitude > 180)
        ? cutAtAntimeridian(part.map(([x, y]): Position => [shift(x, -1), y]))
        : [part],
    );
}

/** Successive points on one side; both ends lie on the antimeridian. */
interface Chain {
  readonly points: Points;
  /** A longitude between the ends. */
  readonly longitude: number;
}

/** Splits a ring at its points on the antimeridian, and leaves out the stretches along it. */
function chainsOf(points: Points): Chain[] {
  const all = points.flatMap((point, index) =>
    withCrossing(point, points[(index + 1) % points.length] ?? point),
  );
  const start = all.findIndex(([longitude]) => longitude === 180);
  const ring = [...all.slice(start), ...all.slice(0, start + 1)];
  const cuts = ring.flatMap(([longitude], index) => (longitude === 180 ? [index] : []));
  return cuts.flatMap((cut, index) => {
    const chain = ring.slice(cut, (cuts[index + 1] ?? cut) + 1);
    const [, second] = chain;
    return second === undefined || chain.length < 3
      ? []
      : [{ points: chain, longitude: second[0] }];
  });
}

/** Returns a point, and the one in which the edge to the next point crosses the antimeridian, if it does. */
function withCrossing(point: Position, next: Position): Position[] {
  const [[x1, y1], [x2, y2]] = [point, next];
  if ((x1 - 180) * (x2 - 180) >= 0) return [point];
  return [point, [180, y1 + ((y2 - y1) * (180 - x1)) / (x2 - x1)]];
}

type Kind = 'start' | 'end';

interface End {
  readonly chain: Chain;
  readonly kind: Kind;
  readonly latitude: number;
}

/** Pairs the ends by latitude: the inside of the ring lies between the first and second end, the third and fourth, ... */
function joinChains(chains: readonly Chain[], first: Kind): Position[][] {
  const ends = alternating(chains.flatMap(endsOf), first);
  const following = new Map<Chain, Chain>();
  for (const [index, { chain, kind }] of ends.entries()) {
    const partner = ends[index ^ 1];
    if (kind === 'end' && partner?.kind === 'start') following.set(chain, partner.chain);
  }
  return closedTours(chains, following);
}

function endsOf(chain: Chain): End[] {
  return [
    { chain, kind: 'start', latitude: chain.points[0]?.[1] ?? 0 },
    { chain, kind: 'end', latitude: chain.points.at(-1)?.[1] ?? 0 },
  ];
}

/** Sorts by latitude, and where the ring touches the antimeridian in one point, so that starts and ends alternate. */
function alternating(unsorted: readonly End[], first: Kind): End[] {
  const ends = unsorted.toSorted((a, b) => a.latitude - b.latitude);
  const sorted: End[] = [];
  for (let wanted = first; ends.length > 0; wanted = wanted === 'end' ? 'start' : 'end') {
    const latitude = ends[0]?.latitude;
    const index = ends.findIndex((end) => end.kind === wanted && end.latitude === latitude);
    sorted.push(...ends.splice(Math.max(index, 0), 1));
  }
  return sorted;
}

function closedTours(chains: readonly Chain[], following: ReadonlyMap<Chain, Chain>): Position[][] {
  const seen = new Set<Chain>();
  return chains.flatMap((start) => {
    const part: Position[] = [];
    for (let chain: Chain | undefined = start; chain && !seen.has(chain);) {
      seen.add(chain);
      part.push(...chain.points);
      chain = following.get(chain);
    }
    return part.length === 0 ? [] : [part];
  });
}

function startingAt(part: Position[], first: Position | undefined): Position[] {
  const start = part.findIndex(([x, y]) => x === first?.[0] && y === first[1]);
  return start > 0 ? [...part.slice(start), ...part.slice(0, start)] : part;
}

function withoutRepeats(ring: Ring): Position[] {
  return ring.filter(([x, y], index) => {
    const [nextX, nextY] = ring[(index + 1) % ring.length] ?? [];
    return x !== nextX || y !== nextY;
  });
}
