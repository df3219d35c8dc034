import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { geoEquirectangular, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import type { Topology } from 'topojson-specification';

/**
 * The world's land as one SVG path whose unit is a degree: x is longitude, y is minus latitude.
 * An edge of a footprint is a straight line in longitude and latitude (RFC 7946 section 3.1.1), and so it is drawn here.
 */
export function landPath(): string {
  const file = createRequire(import.meta.url).resolve('world-atlas/land-110m.json');
  const topology = JSON.parse(readFileSync(file, 'utf8')) as Topology;
  const land = topology.objects['land'];
  if (!land) throw new Error(`${file}: no object 'land' in it`);

  const projection = geoEquirectangular().scale(DEGREES_PER_RADIAN).translate([0, 0]).precision(0);
  return geoPath(projection).digits(2)(feature(topology, land)) ?? '';
}

const DEGREES_PER_RADIAN = 180 / Math.PI;
