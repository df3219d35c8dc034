import { WIDTHS } from './constants.js';
import type { Tile } from './tile-name.js';

/** The pixels of a tile. Sizes and coordinates are in degrees. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly pixelWidth: number;
  readonly pixelHeight: number;
  /** West and north edge of the upper left pixel, which may lie half a pixel beyond -180 and 90. */
  readonly west: number;
  readonly north: number;
}

/**
 * Calculates the grid of a tile. The center of the first pixel lies on the corner in the tile's name, so the grid starts
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
  if (band === undefined) throw new RangeError(`latitude ${latitude} is out of range`);
  return band[1];
}
