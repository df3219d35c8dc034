import { WIDTHS } from './constants.js';
import type { Tile } from './tile-name.js';

/** The pixels of a tile, in degrees. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly pixelWidth: number;
  readonly pixelHeight: number;
  /** Upper left corner of the upper left pixel; up to half a pixel beyond -180 and 90. */
  readonly west: number;
  readonly north: number;
}

/**
 * A height belongs to the middle of its pixel, and the first one to the corner that the name tells: so the grid begins
 * half a pixel further west and north.
 */
export function gridOf({ product: { rows }, south, west }: Tile): Grid {
  const columns = rows / widthAt(Math.abs(south + 0.5));
  const [pixelWidth, pixelHeight] = [1 / columns, 1 / rows];
  return {
    rows,
    columns,
    pixelWidth,
    pixelHeight,
    west: west - pixelWidth / 2,
    north: south + 1 + pixelHeight / 2,
  };
}

function widthAt(latitude: number): number {
  const band = WIDTHS.find(([below]) => latitude < below);
  if (band === undefined) throw new RangeError(`there is no latitude ${latitude}`);
  return band[1];
}
