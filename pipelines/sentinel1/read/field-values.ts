import {
  CHARACTERISTICS,
  ORBIT_SOURCES,
  DOWNLINK,
  type Characteristics,
  type Mode,
} from '../constants.js';
import {
  fieldFault,
  findField,
  tryFindField,
  type Field,
  type FieldName,
  type Manifest,
} from './manifest.js';
import type { Product } from './product-id.js';

/** Reads the values of a manifest's fields. Each function throws GranuleError if the text is not a valid value. */

/** Returns the text of a field as one of the allowed values. */
export function oneOf<T extends string>(
  manifest: Manifest,
  field: Field,
  allowed: readonly T[],
): T {
  const value = allowed.find((candidate) => candidate === field.text);
  if (value !== undefined) return value;
  throw fieldFault(manifest, field, `must be one of ${allowed.join(', ')}`);
}

/** Finds the number of an orbit; undefined if the manifest does not have the field. */
export function tryFindOrbit(manifest: Manifest, name: FieldName): number | undefined {
  const field = tryFindField(manifest, name);
  if (field === undefined) return undefined;
  if (/^\d{1,9}$/.test(field.text)) return Number(field.text);
  throw fieldFault(manifest, field, 'is not a whole number');
}

/** Finds the platform, from `sentinel-1a` to `sentinel-1z`. */
export function findPlatform(manifest: Manifest): string {
  const family = findField(manifest, 'safe:familyName');
  const number = findField(manifest, 'safe:number');
  const platform = `${family.text}${number.text}`.toLowerCase();
  if (/^sentinel-1[a-z]$/.test(platform)) return platform;
  throw fieldFault(
    manifest,
    { ...family, text: platform },
    'and <safe:number> do not name a Sentinel-1 satellite',
  );
}

const MODES = Object.keys(CHARACTERISTICS) as Mode[];

/** Finds the mode, and its characteristics for the resolution of the product. */
export function findMode(
  manifest: Manifest,
  { resolution }: Product,
): Characteristics & { readonly mode: Mode } {
  const field = findField(manifest, 's1sarl1:mode');
  const mode = oneOf(manifest, field, MODES);
  const characteristics = CHARACTERISTICS[mode][resolution];
  if (characteristics !== undefined) return { mode, ...characteristics };
  const known = Object.keys(CHARACTERISTICS[mode]).join(', ');
  throw fieldFault(
    manifest,
    field,
    `has no products of the resolution '${resolution}' in the product's name, only of ${known}`,
  );
}

/** Finds the source of the orbit: the role of the first orbit file (.EOF) that the product was made from. */
export function findOrbitSource(manifest: Manifest): string {
  const file = manifest.resources.find(
    (resource) =>
      resource.attribute('name')?.endsWith('.EOF') === true &&
      resource.attribute('role')?.startsWith('AUX_') === true,
  );
  if (file === undefined) return DOWNLINK;
  const role = { element: file, text: file.attribute('role') ?? '' };
  return ORBIT_SOURCES[oneOf(manifest, role, ORBIT_ROLES)];
}

const ORBIT_ROLES = Object.keys(ORBIT_SOURCES) as (keyof typeof ORBIT_SOURCES)[];
