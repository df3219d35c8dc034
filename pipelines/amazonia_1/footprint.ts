import { footprintOf } from '../../lambdas/stac/geometry.js';
import type { Bbox, MultiPolygon, Position } from '../../lambdas/stac/stac.js';
import { fieldFault, numberOf, type CameraMetadata, type Metadata } from './metadata.js';

/** The corners of `imageData`, counter-clockwise: the left camera's in the west, the right camera's in the east. */
const CORNERS = [
  ['left', 'LL'],
  ['right', 'LR'],
  ['right', 'UR'],
  ['left', 'UL'],
] as const;

/**
 * Makes the geometry from the corners of the image, and the bbox from the geometry. The geometry is a MultiPolygon, as
 * the reference's is. Throws GranuleError.
 */
export function readFootprint(metadata: Metadata): { geometry: MultiPolygon; bbox: Bbox } {
  const ring = CORNERS.map(([side, corner]) => cornerOf(metadata[side], corner));
  try {
    const { geometry, bbox } = footprintOf(ring);
    const { coordinates } = geometry;
    return {
      geometry:
        geometry.type === 'MultiPolygon'
          ? geometry
          : { type: 'MultiPolygon', coordinates: [coordinates as MultiPolygon['coordinates'][0]] },
      bbox,
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw fieldFault(metadata.left.field('image/imageData/LL/longitude'), error.message);
  }
}

function cornerOf(camera: CameraMetadata, corner: string): Position {
  const degrees = (name: string) => numberOf(camera.field(`image/imageData/${corner}/${name}`));
  return [degrees('longitude'), degrees('latitude')];
}
