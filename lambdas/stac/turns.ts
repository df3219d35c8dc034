import type { Position } from './stac.js';

/** The points of an open ring, whose last point does not repeat the first: [longitude, latitude] in degrees. */
export type Points = readonly Position[];

/** Steps per degree (0.1 micrometres on the ground). Removes the rounding errors of adding and subtracting 360. */
const PRECISION = 1e12;

/** How near to the antimeridian a point is on it (0.1 millimetres on the ground): a narrower part is a rounding error. */
const ON_ANTIMERIDIAN_DEGREES = 1e-9;

/** Adds full turns around the globe to a longitude. */
export function shift(longitude: number, turns: number): number {
  return turns === 0 ? longitude : rounded(longitude + 360 * turns);
}

/** Rounds a longitude, so that shifting it by full turns and back returns the same number. */
export function rounded(longitude: number): number {
  // Adding 0 turns -0 into 0.
  return Math.round(longitude * PRECISION) / PRECISION + 0;
}

/** Moves a longitude that is next to the antimeridian onto it. */
export function snapped(longitude: number): number {
  const meridian = 180 + 360 * Math.round((longitude - 180) / 360);
  return Math.abs(longitude - meridian) < ON_ANTIMERIDIAN_DEGREES ? meridian : longitude;
}

/** Returns `longitude` plus the full turns that bring it within 180 degrees of `reference`. */
export function nearest(longitude: number, reference: number): number {
  const turns = Math.ceil((longitude - reference - 180) / 360);
  if (turns > 0) return shift(longitude, -turns);
  const back = Math.ceil((reference - longitude - 180) / 360);
  return back > 0 ? shift(longitude, back) : longitude;
}
