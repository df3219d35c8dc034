import { addedIn1_1, commonFields, linkFields, type CommonFields } from './common-metadata.js';
import { onlyWithAssetsFaults, partsOf, pathOf, type Part } from './extensions/parts.js';
import { schemaFaults } from './schema-faults.js';
import type { Collection, Item, StacVersion } from './stac.js';

/** Returns the faults of common metadata in the assets of an Item or Collection, and in all its parts since STAC 1.1.0. */
export function commonFaults(object: Item | Collection): string[] {
  const version = object.stac_version;
  const parts = partsOf(object);
  const faults = parts.flatMap((part) => partFaults(part, fieldsOf(part, version)));
  if (version === '1.0.0') return faults;
  const links = parts.filter(({ place }) => place === 'links');
  const linkFaults = links.flatMap((part) => fieldFaults(part, linkFields()));
  return [...faults, ...linkFaults, ...onlyWithAssetsFaults('bands', parts)];
}

/** The properties of an Item were checked for the fields of STAC 1.0.0 with its other fields. */
function fieldsOf({ place, path }: Part, version: StacVersion): CommonFields {
  if (place === 'providers' || place === 'summaries') return {};
  if (version === '1.1.0') return place === 'properties' ? addedIn1_1() : commonFields(version);
  return place === 'assets' && path.startsWith('assets.') ? commonFields(version) : {};
}

function partFaults(part: Part, fields: CommonFields): string[] {
  const faults = fieldFaults(part, fields);
  if (!('start_datetime' in fields)) return faults;
  const { start_datetime: start, end_datetime: end } = part.values;
  if ((start === undefined) === (end === undefined)) return faults;
  const missing = start === undefined ? 'start_datetime' : 'end_datetime';
  const given = start === undefined ? 'end_datetime' : 'start_datetime';
  return [...faults, `${pathOf(part, missing)}: is missing, but ${given} is set`];
}

function fieldFaults(part: Part, fields: CommonFields): string[] {
  const faults: string[] = [];
  for (const name in part.values) {
    // A field may be named as a property of every object, such as `constructor`.
    const schema = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (schema === undefined) continue;
    for (const fault of schemaFaults(schema, part.values[name])) {
      const isInside = PLACE_INSIDE.test(fault);
      faults.push(`${pathOf(part, name)}${isInside ? '.' : ': '}${fault}`);
    }
  }
  return faults;
}

/** A fault within the value of a field begins with its place there. */
const PLACE_INSIDE = /^[\w.-]+: /;
