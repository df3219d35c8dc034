import { footprintOf, type Footprint } from '../../lambdas/stac/geometry.js';
import type { Position } from '../../lambdas/stac/stac.js';
import { fieldFault, findField, type Manifest } from './read/manifest.js';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Makes the footprint of a manifest's `lat,lon lat,lon ...`. Throws GranuleError. */
export function readFootprint(manifest: Manifest): Footprint {
  const field = findField(manifest, 'gml:coordinates');
  const fault = (problem: string) => fieldFault(manifest, field, problem);
  const tuples = field.text.replace(/\s*,\s*/g, ',').split(/\s+/);
  if (tuples.length > 1 && tuples.every((tuple) => tuple.split(',').length === 3)) {
    throw fault('has three numbers per point, but must have pairs of latitude,longitude');
  }
  const words = tuples.flatMap((tuple) => tuple.split(','));
  const odd = words.find((word) => !NUMBER.test(word));
  if (odd !== undefined) throw fault(`has '${odd}' instead of a number`);
  if (words.length % 2 !== 0)
    throw fault(`has ${words.length} numbers, but must have pairs of latitude,longitude`);
  try {
    return footprintOf(pairs(words.map(Number)));
  } catch (error) {
    throw error instanceof RangeError ? fault(error.message) : error;
  }
}

/** Swaps the numbers, because GML has the latitude first and GeoJSON the longitude. */
function pairs(numbers: readonly number[]): Position[] {
  return numbers.flatMap((latitude, index): Position[] => {
    const longitude = numbers[index + 1];
    return index % 2 === 1 || longitude === undefined ? [] : [[longitude, latitude]];
  });
}
