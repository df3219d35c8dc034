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

/** Fields of a manifest as values. Each throws GranuleError where the text is none of what belongs there. */

export function oneOf<T extends string>(
  manifest: Manifest,
  field: Field,
  allowed: readonly T[],
): T {
  const value = allowed.find((candidate) => candidate === field.text);
  if (value !== undefined) return value;
  throw fieldFault(manifest, field, `must be one of ${allowed.join(', ')}`);
}

/** Undefined where the manifest has no such field. */
export function tryFindOrbit(manifest: Manifest, name: FieldName): number | undefined {
  const field = tryFindField(manifest, name);
  if (field === undefined) return undefined;
  if (/^\d{1,9}$/.test(field.text)) return Number(field.text);
  throw fieldFault(manifest, field, 'is no whole number');
}

/** `sentinel-1a` to `sentinel-1z`. */
export function findPlatform(manifest: Manifest): string {
  const family = findField(manifest, 'safe:familyName');
  const number = findField(manifest, 'safe:number');
  const platform = `${family.text}${number.text}`.toLowerCase();
  if (/^sentinel-1[a-z]$/.test(platform)) return platform;
  throw fieldFault(manifest, { ...family, text: platform }, 'and <safe:number> name no Sentinel-1');
}

const MODES = Object.keys(CHARACTERISTICS) as Mode[];

/** The mode, and what it means for a product of that resolution. */
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
    `has no products of the resolution '${resolution}' of this product's name, only of ${known}`,
  );
}

/** How well the orbit was known: by the first orbit file (.EOF) among what the product was made from. */
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
