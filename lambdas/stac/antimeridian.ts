import type { Position, Ring } from './stac.js';

/** The points of an open ring, whose last point does not repeat the first: [longitude, latitude] in degrees. */
export type Points = readonly Position[];

/** Steps per degree (0.1 micrometres on the ground). Removes the rounding errors of adding and subtracting 360. */
const PRECISION = 1e12;

/**
 * Shifts the longitudes of a ring by full turns, so that no edge spans more than 180 degrees and the west end lies in
 * [-180, 180). Longitudes of a ring that crosses the antimeridian go beyond 180. A ring around a pole becomes the cap up
 * to that pole.
 *
 * @example
 * unwrapRing([[179, 0], [-179, 0], [-179, 1]]); // [[179, 0], [181, 0], [181, 1]]
 */
export function unwrapRing(points: Points): Position[] {
  const unwrapped: Position[] = [];
  for (const [longitude, latitude] of points) {
    const previous = unwrapped.at(-1)?.[0] ?? longitude;
    unwrapped.push([nearest(longitude, previous), latitude]);
  }
  return shiftIntoWorld(closeAtPole(unwrapped));
}

/** Returns `longitude` plus the full turns that bring it within 180 degrees of `reference`. */
function nearest(longitude: number, reference: number): number {
  const turns = Math.ceil((longitude - reference - 180) / 360);
  if (turns > 0) return shift(longitude, -turns);
  const back = Math.ceil((reference - longitude - 180) / 360);
  return back > 0 ? shift(longitude, back) : longitude;
}

function shift(longitude: number, turns: number): number {
  // Adding 0 turns -0 into 0.
  return turns === 0
    ? longitude
    : Math.round((longitude + 360 * turns) * PRECISION) / PRECISION + 0;
}

/** Extends a ring that ends a full turn from its start, and so encloses a pole, to the cap up to that pole. */
function closeAtPole(points: Points): Position[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const end = nearest(first[0], last[0]);
  if (end === first[0]) return [...points];
  const latitudes = points.map(([, latitude]) => latitude);
  const pole = latitudes.reduce((sum, latitude) => sum + latitude, 0) < 0 ? -90 : 90;
  return [...points, [end, first[1]], [end, pole], [first[0], pole]];
}

/** Shifts the whole ring by full turns, so that its west end lies in [-180, 180). */
function shiftIntoWorld(points: Points): Position[] {
  const west = Math.min(...points.map(([longitude]) => longitude));
  const turns = -Math.floor((west + 180) / 360);
  return points.map(([longitude, latitude]) => [shift(longitude, turns), latitude]);
}

/**
 * Cuts an unwrapped ring at 180 degrees and returns its parts as open rings: first those that end at 180, then those
 * that start at -180. An edge is a straight line in longitude and latitude.
 *
 * @example
 * cutAtAntimeridian([[179, 0], [181, 0], [181, 1], [179, 1]]);
 * // [[179, 0], [180, 0], [180, 1], [179, 1]] and [[-180, 0], [-179, 0], [-179, 1], [-180, 1]]
 *
 * @see https://www.rfc-editor.org/rfc/rfc7946#section-3.1.9
 */
export function cutAtAntimeridian(points: Points): Position[][] {
  if (points.every(([longitude]) => longitude <= 180)) return [[...points]];
  const west = partsOf(points, (longitude) => longitude <= 180);
  const east = partsOf(points, (longitude) => longitude > 180);
  return [...west, ...east.map((part) => part.map(([x, y]): Position => [shift(x, -1), y]))];
}

type Side = (longitude: number) => boolean;

/** Successive points on one side. Both ends lie on the antimeridian, unless the chain is the whole ring. */
type Chain = Position[];

function partsOf(points: Points, side: Side): Position[][] {
  return joinChains(chainsOf(points, side))
    .map(withoutRepeats)
    .filter((part) => part.length > 2)
    .map((part) => startingAt(part, points[0]));
}

function startingAt(part: Position[], first: Position | undefined): Position[] {
  const start = part.findIndex(([x, y]) => x === first?.[0] && y === first[1]);
  return start > 0 ? [...part.slice(start), ...part.slice(0, start)] : part;
}

function chainsOf(points: Points, side: Side): Chain[] {
  const chains: Chain[] = [];
  let open: Chain | undefined;
  for (const [index, point] of points.entries()) {
    const next = points[(index + 1) % points.length] ?? point;
    const here = side(point[0]);
    if (here) (open ??= startChain(chains)).push(point);
    if (here === side(next[0])) continue;
    (open ?? (open = startChain(chains))).push(crossing(point, next));
    if (here) open = undefined;
  }
  return mergeEnds(chains, open);
}

function startChain(chains: Chain[]): Chain {
  const chain: Chain = [];
  chains.push(chain);
  return chain;
}

/** Joins the chain that is open at the end of the ring to the first chain, because both are one stretch. */
function mergeEnds(chains: Chain[], open: Chain | undefined): Chain[] {
  const [first, ...others] = chains;
  if (open === undefined || first === undefined || open === first) return chains;
  return [[...open, ...first], ...others.filter((chain) => chain !== open)];
}

function crossing([x1, y1]: Position, [x2, y2]: Position): Position {
  return [180, y1 + ((y2 - y1) * (180 - x1)) / (x2 - x1)];
}

/** Pairs the ends by latitude: the inside of the ring lies between the first and second end, the third and fourth, ... */
function joinChains(chains: readonly Chain[]): Position[][] {
  if (chains.length < 2) return [...chains];
  const ends = chains
    .flatMap((chain) => [
      { chain, starts: true, latitude: chain[0]?.[1] ?? 0 },
      { chain, starts: false, latitude: chain.at(-1)?.[1] ?? 0 },
    ])
    .sort((a, b) => a.latitude - b.latitude);
  const following = new Map<Chain, Chain>();
  for (const [index, { chain, starts }] of ends.entries()) {
    const partner = ends[index ^ 1];
    if (!starts && partner?.starts === true) following.set(chain, partner.chain);
  }
  return closedTours(chains, following);
}

function closedTours(chains: readonly Chain[], following: ReadonlyMap<Chain, Chain>): Position[][] {
  const seen = new Set<Chain>();
  return chains.flatMap((start) => {
    const part: Position[] = [];
    for (let chain: Chain | undefined = start; chain && !seen.has(chain);) {
      seen.add(chain);
      part.push(...chain);
      chain = following.get(chain);
    }
    return part.length === 0 ? [] : [part];
  });
}

function withoutRepeats(ring: Ring): Position[] {
  return ring.filter(([x, y], index) => {
    const [nextX, nextY] = ring[(index + 1) % ring.length] ?? [];
    return x !== nextX || y !== nextY;
  });
}
