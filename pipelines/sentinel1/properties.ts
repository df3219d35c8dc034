import type { ItemProperties, Position } from '../../lambdas/stac/stac.js';
import type { Shape } from './read/annotation.js';
import * as facts from './constants.js';
import {
  findMode,
  findOrbitSource,
  findPlatform,
  oneOf,
  tryFindOrbit,
} from './read/field-values.js';
import { tryFindField, type FieldName, type Manifest } from './read/manifest.js';
import type { Product } from './read/product-id.js';
import { itemTimes, tryFindProcessingTime } from './times.js';

interface PropertySources {
  readonly product: Product;
  readonly manifest: Manifest;
  readonly shape: Shape;
  readonly centroid: Position;
}

/** Makes an Item's properties, in the order of the reference. Throws GranuleError if a value is wrong or missing. */
export function itemProperties(sources: PropertySources): ItemProperties {
  const { datetime, ...range } = itemTimes(sources.manifest);
  const groups: readonly Record<string, unknown>[] = [
    sar(sources),
    sat(sources.manifest),
    projection(sources),
    {
      providers: [facts.ESA],
      platform: findPlatform(sources.manifest),
      constellation: 'sentinel-1',
    },
    range,
    sentinel1(sources),
  ];
  const known: Record<string, unknown> = {};
  for (const [name, value] of groups.flatMap((group) => Object.entries(group))) {
    if (value !== undefined) known[name] = value;
  }
  return Object.assign(known, { datetime });
}

function sar({ product, manifest }: PropertySources): Record<string, unknown> {
  const { mode, resolution, spacing, looks, equivalentLooks } = findMode(manifest, product);
  return {
    'sar:frequency_band': 'C',
    'sar:center_frequency': facts.CENTER_FREQUENCY_GHZ,
    'sar:observation_direction': 'right',
    'sar:instrument_mode': mode,
    'sar:polarizations': manifest.polarisations.map((element) =>
      oneOf(manifest, { element, text: element.text.trim() }, POLARISATION_TEXTS),
    ),
    'sar:product_type': text(manifest, 's1sarl1:productType'),
    'sar:resolution_range': resolution[0],
    'sar:resolution_azimuth': resolution[1],
    'sar:pixel_spacing_range': spacing[0],
    'sar:pixel_spacing_azimuth': spacing[1],
    'sar:looks_range': looks[0],
    'sar:looks_azimuth': looks[1],
    'sar:looks_equivalent_number': equivalentLooks,
  };
}

const POLARISATION_TEXTS = ['HH', 'HV', 'VH', 'VV'] as const;
const ORBIT_STATES = ['ascending', 'descending', 'geostationary'] as const;

function sat(manifest: Manifest): Record<string, unknown> {
  const pass = tryFindField(manifest, 's1:pass');
  const state = pass && { ...pass, text: pass.text.toLowerCase() };
  return {
    'sat:platform_international_designator': text(manifest, 'safe:nssdcIdentifier'),
    'sat:orbit_state': state && oneOf(manifest, state, ORBIT_STATES),
    'sat:absolute_orbit': tryFindOrbit(manifest, 'safe:orbitNumber'),
    'sat:relative_orbit': tryFindOrbit(manifest, 'safe:relativeOrbitNumber'),
  };
}

/** A GRD image has ground control points instead of a CRS, so it has no proj:transform and no proj:bbox. */
function projection({ shape, centroid: [lon, lat] }: PropertySources): Record<string, unknown> {
  return {
    'proj:epsg': null,
    'proj:shape': shape,
    'proj:centroid': { lat: roundDegrees(lat), lon: roundDegrees(lon) },
  };
}

/** Rounds to 5 decimals as the reference does: from the exact binary value, which a multiplication would change. */
function roundDegrees(degrees: number): number {
  // Adding 0 turns -0 into 0.
  return Number(degrees.toFixed(5)) + 0;
}

function sentinel1({ product, manifest, shape }: PropertySources): Record<string, unknown> {
  return {
    's1:instrument_configuration_ID': text(manifest, 's1sarl1:instrumentConfigurationID'),
    's1:datatake_id': text(manifest, 's1sarl1:missionDataTakeID'),
    's1:product_timeliness': text(manifest, 's1sarl1:productTimelinessCategory'),
    's1:processing_level': product.processingLevel,
    's1:resolution': facts.RESOLUTIONS[product.resolution],
    's1:orbit_source': findOrbitSource(manifest),
    's1:slice_number': text(manifest, 's1sarl1:sliceNumber'),
    's1:total_slices': text(manifest, 's1sarl1:totalSlices'),
    's1:shape': shape,
    's1:product_identifier': product.sceneId,
    's1:processing_datetime': tryFindProcessingTime(manifest),
  };
}

function text(manifest: Manifest, name: FieldName): string | undefined {
  return tryFindField(manifest, name)?.text;
}
