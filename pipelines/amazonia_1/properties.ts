import type { ItemProperties } from '../../lambdas/stac/stac.js';
import * as facts from './constants.js';
import { fieldFault, numberOf, textOf, type Field, type Metadata } from './metadata.js';

/** Returns the id of the scene, such as `AMAZONIA_1_WFI_20220811_036_018_L4`. Throws GranuleError. */
export function readSceneId(metadata: Metadata): string {
  const { left } = metadata;
  for (const [path, expected] of SATELLITE) {
    const field = left.field(path);
    if (field.text !== expected) throw fieldFault(field, `must be ${expected}`);
  }
  const day = centerOf(metadata).slice(0, DAY_CHARACTERS).replaceAll('-', '');
  const [path, row] = [gridNumber(left.field('image/path')), gridNumber(left.field('image/row'))];
  const padded = [path, row].map((number) => String(number).padStart(GRID_DIGITS, '0'));
  return `AMAZONIA_1_WFI_${day}_${padded.join('_')}_${levelOf(metadata)}`;
}

const SATELLITE = [
  ['satellite/name', 'AMAZONIA'],
  ['satellite/number', '1'],
  ['satellite/instrument', facts.INSTRUMENT],
] as const;

const DAY_CHARACTERS = 'YYYY-MM-DD'.length;
const GRID_DIGITS = 3;

/** Makes the properties of the Item, in the order of the reference's. Throws GranuleError. */
export function itemProperties(metadata: Metadata): ItemProperties {
  const { left, right } = metadata;
  const vz = numberOf(left.field('image/ephemerides/ephemeris/vz'));
  const mean = (path: string) => (numberOf(left.field(path)) + numberOf(right.field(path))) / 2;
  return {
    platform: facts.PLATFORM,
    instruments: [facts.INSTRUMENT],
    gsd: facts.GSD_METRES,
    'view:sun_azimuth': mean('image/sunPosition/sunAzimuth'),
    'view:sun_elevation': mean('image/sunPosition/elevation'),
    'view:off_nadir': Math.abs(numberOf(left.field('image/attitudes/attitude/roll'))),
    'sat:platform_international_designator': facts.INTERNATIONAL_DESIGNATOR,
    'sat:orbit_state': vz < 0 ? 'descending' : 'ascending',
    'proj:epsg': epsgOf(metadata),
    'amazonia:data_type': levelOf(metadata),
    'amazonia:path': gridNumber(left.field('image/path')),
    'amazonia:row': gridNumber(left.field('image/row')),
    datetime: `${centerOf(metadata).slice(0, SECOND_CHARACTERS)}Z`,
  };
}

const SECOND_CHARACTERS = 'YYYY-MM-DDThh:mm:ss'.length;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?$/;

/** Returns the time of the scene's centre in UTC, as INPE writes it. */
function centerOf({ left }: Metadata): string {
  return textOf(
    left.field('viewing/center'),
    TIME,
    'must be a time such as 2022-08-10T13:01:35.761',
  );
}

function levelOf({ left }: Metadata): string {
  const level = textOf(left.field('image/level'), /^[0-9A-Z]{1,4}$/, 'must be a level such as 4');
  return `L${level}`;
}

/** Parses a path or a row of INPE's grid. */
function gridNumber(field: Field): number {
  return Number(textOf(field, /^0*\d{1,3}$/, 'must be a whole number from 0 to 999'));
}

const ZONES = 60;
const ZONE_DEGREES = 6;
/** The central meridian of zone 0. */
const ZONE_0_LONGITUDE = -183;
const [EPSG_NORTH, EPSG_SOUTH] = [32_600, 32_700];

/** Returns the EPSG code of the images: that of the UTM zone whose central meridian the metadata names. */
function epsgOf({ left, right }: Metadata): number {
  const projection = left.field('image/projectionName');
  if (projection.text !== 'UTM') throw fieldFault(projection, 'must be UTM');
  const meridian = left.field('image/originLongitude');
  const zone = (numberOf(meridian) - ZONE_0_LONGITUDE) / ZONE_DEGREES;
  if (!Number.isInteger(zone) || zone < 1 || zone > ZONES)
    throw fieldFault(meridian, 'must be the central meridian of a UTM zone');
  const [northing] = left.fields('image/falseNorthing');
  const latitude = 'image/imageData/CT/latitude';
  const isSouth =
    northing === undefined
      ? numberOf(left.field(latitude)) + numberOf(right.field(latitude)) < 0
      : numberOf(northing) > 0;
  return (isSouth ? EPSG_SOUTH : EPSG_NORTH) + zone;
}
