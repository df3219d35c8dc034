import type { Position, Ring } from './stac.js';

/** An open ring: the last point is not the first again. */
export type Points = readonly Position[];

/** Per degree (0.1 micrometres on the ground): takes away what adding and subtracting 360 leaves behind. */
const PRECISION = 1e12;

/** Longitudes so continued that no edge is longer than 180 degrees; they may leave [-180, 180]. */
export function unwrap(points: Points): Position[] {
  const unwrapped: Position[] = [];
  for (const [longitude, latitude] of points) {
    const previous = unwrapped.at(-1)?.[0] ?? longitude;
    unwrapped.push([nearest(longitude, previous), latitude]);
  }
  return intoWorld(aroundPole(unwrapped));
}

/** The turn of `longitude` that is at most 180 degrees from `reference`. */
function nearest(longitude: number, reference: number): number {
  const turns = Math.ceil((longitude - reference - 180) / 360);
  if (turns > 0) return shift(longitude, -turns);
  const back = Math.ceil((reference - longitude - 180) / 360);
  return back > 0 ? shift(longitude, back) : longitude;
}

function shift(longitude: number, turns: number): number {
  // + 0 makes -0 a plain 0.
  return turns === 0
    ? longitude
    : Math.round((longitude + 360 * turns) * PRECISION) / PRECISION + 0;
}

/** A ring that comes back one turn further on encloses a pole: it becomes the cap from the ring up to that pole. */
function aroundPole(points: Points): Position[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return [];
  const end = nearest(first[0], last[0]);
  if (end === first[0]) return [...points];
  const latitudes = points.map(([, latitude]) => latitude);
  const pole = latitudes.reduce((sum, latitude) => sum + latitude, 0) < 0 ? -90 : 90;
  return [...points, [end, first[1]], [end, pole], [first[0], pole]];
}

/** The whole ring moved by full turns so that its west end lies in [-180, 180). */
function intoWorld(points: Points): Position[] {
  const west = Math.min(...points.map(([longitude]) => longitude));
  const turns = -Math.floor((west + 180) / 360);
  return points.map(([longitude, latitude]) => [shift(longitude, turns), latitude]);
}

/**
 * The parts of an unwrapped ring on either side of 180 degrees, cut by a straight line in longitude and latitude
 * (an edge as RFC 7946 section 3.1.1 has it): first those that end at 180, then those that start at -180.
 */
export function cutAtAntimeridian(points: Points): Position[][] {
  if (points.every(([longitude]) => longitude <= 180)) return [[...points]];
  const west = partsOf(points, (longitude) => longitude <= 180);
  const east = partsOf(points, (longitude) => longitude > 180);
  return [...west, ...east.map((part) => part.map(([x, y]): Position => [shift(x, -1), y]))];
}

type Side = (longitude: number) => boolean;

/** A stretch of the ring on one side; its ends lie on the meridian unless it is the whole ring. */
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

/** The stretch that is open at the end goes on with the first one, which began in the middle: at the first point. */
function mergeEnds(chains: Chain[], open: Chain | undefined): Chain[] {
  const [first, ...others] = chains;
  if (open === undefined || first === undefined || open === first) return chains;
  return [[...open, ...first], ...others.filter((chain) => chain !== open)];
}

function crossing([x1, y1]: Position, [x2, y2]: Position): Position {
  return [180, y1 + ((y2 - y1) * (180 - x1)) / (x2 - x1)];
}

/** Along the meridian the inside lies between the first and second end, the third and fourth, and so on. */
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
  return roundTrips(chains, following);
}

function roundTrips(chains: readonly Chain[], following: ReadonlyMap<Chain, Chain>): Position[][] {
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
