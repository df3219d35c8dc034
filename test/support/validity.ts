import GeometryFactory from 'jsts/org/locationtech/jts/geom/GeometryFactory.js';
import GeoJSONReader from 'jsts/org/locationtech/jts/io/GeoJSONReader.js';
import IsValidOp from 'jsts/org/locationtech/jts/operation/valid/IsValidOp.js';

/** Returns why the OGC's rules do not allow a geometry, and where, or undefined if they do, as JTS judges. */
export function invalidityOf(geometry: object): string | undefined {
  const operation = new IsValidOp(new GeoJSONReader(new GeometryFactory()).read(geometry));
  // Its declared type omits null.
  const fault = operation.getValidationError() as { toString(): string } | null;
  return fault?.toString();
}
