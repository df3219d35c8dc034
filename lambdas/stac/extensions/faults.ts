import { schemaFaults } from '../schema-faults.js';
import type { Collection, Item } from '../stac.js';
import type { StacExtension } from './extension.js';
import {
  onlyWithAssetsFaults,
  partsOfCollection,
  partsOfItem,
  pathOf,
  type Part,
} from './parts.js';
import { checkedVersions, STAC_EXTENSIONS } from './registry.js';

/** Returns the faults of an Item's fields by the extensions that it declares, each in its version. */
export function itemExtensionFaults(item: Item): string[] {
  const declared = declaredExtensions(item);
  if (declared.length === 0) return [];
  const parts = partsOfItem(item);
  return declared.flatMap((extension) => {
    const own = parts.filter(({ place }) => isPlaceOf(extension, place));
    return [...requirementFaults(extension, own), ...partFaults(extension, own)];
  });
}

/** Returns the faults of a Collection by the extensions that it declares: of its assets, item_assets and own fields. */
export function collectionExtensionFaults(collection: Collection): string[] {
  const declared = declaredExtensions(collection);
  if (declared.length === 0) return [];
  const parts = partsOfCollection(collection);
  return declared.flatMap((extension) => {
    const own = parts.filter(
      ({ place }) => place === 'collection' || place === 'providers' || isPlaceOf(extension, place),
    );
    return [...neededByCollection(extension, parts), ...partFaults(extension, own)];
  });
}

function declaredExtensions({ stac_extensions: urls }: Pick<Collection, 'stac_extensions'>) {
  return (urls ?? []).flatMap((url) => STAC_EXTENSIONS.get(url) ?? []);
}

function isPlaceOf({ places }: StacExtension, place: Part['place']): boolean {
  return (places as readonly string[]).includes(place);
}

function requirementFaults(extension: StacExtension, parts: readonly Part[]): string[] {
  const {
    required = [],
    requiresAny,
    requiredIn = 'properties',
    places,
    onlyWithAssets,
  } = extension;
  const isAnywhere = requiredIn === 'anywhere';
  const where = isAnywhere ? places.join(' or ') : 'properties';
  const searched = isAnywhere ? parts : parts.filter(({ place }) => place === 'properties');
  const faults = required
    .filter((name) => !searched.some(({ values }) => name in values))
    .map((name) =>
      isAnywhere ? `${name}: is missing in the ${where}` : `properties.${name}: is missing`,
    );
  if (requiresAny && isWithoutFields(extension, searched))
    faults.push(`${where}: must have at least one of ${namesOf(extension)}`);
  if (onlyWithAssets !== undefined) faults.push(...onlyWithAssetsFaults(onlyWithAssets, parts));
  return faults;
}

function neededByCollection(extension: StacExtension, parts: readonly Part[]): string[] {
  const { collectionRequiresAny, name, version, required = [], prefix } = extension;
  if (collectionRequiresAny && isWithoutFields(extension, parts))
    return [`stac_extensions: declares ${name} ${version}, but has none of ${namesOf(extension)}`];
  // Of an extension that has fields at the top level, those that are required have to be there too.
  const top = parts.find(({ path }) => path === '')?.values ?? {};
  const isUsed = prefix !== '' && Object.keys(top).some((field) => field.startsWith(prefix));
  return isUsed
    ? required.filter((field) => !(field in top)).map((field) => `${field}: is missing`)
    : [];
}

function isWithoutFields({ fields }: StacExtension, parts: readonly Part[]): boolean {
  return !parts.some(({ values }) => Object.keys(fields).some((name) => name in values));
}

function namesOf({ fields }: StacExtension): string {
  return Object.keys(fields).join(', ');
}

function partFaults(extension: StacExtension, parts: readonly Part[]): string[] {
  const { prefix } = extension;
  const faults: string[] = [];
  if (prefix === '') return faults;
  for (const part of parts) {
    for (const name in part.values) {
      if (name.startsWith(prefix)) faults.push(...fieldFaults(extension, part, name));
    }
  }
  return faults;
}

function fieldFaults(extension: StacExtension, part: Part, name: string): string[] {
  const schema = extension.fields[name];
  const path = pathOf(part, name);
  if (schema === undefined) return [`${path}: is not a field of ${unknownIn(extension, name)}`];
  return schemaFaults(schema, part.values[name]).map((fault) => `${path}: ${fault}`);
}

function unknownIn({ name: extension, version, removed }: StacExtension, field: string): string {
  const hint = removed?.[field];
  if (hint !== undefined) return `the ${extension} extension ${version}: ${hint}`;
  const others = checkedVersions(extension).filter(({ fields }) => field in fields);
  if (others.length === 0) return `the ${extension} extension`;
  const versions = others.map((other) => other.version).join(', ');
  return `the ${extension} extension ${version}, but of ${versions}`;
}
