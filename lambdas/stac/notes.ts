import { extensionNotes, type Note } from './extensions/notes.js';
import type { Collection, Item, StacVersion } from './stac.js';

/** Returns what is valid in an Item or a Collection, but should be known, such as values that its version deprecates. */
export function notesOn(object: Item | Collection): Note[] {
  return [...licenseNotes(object), ...extensionNotes(object)];
}

/** Values of `license` that are not SPDX identifiers, in the version that does not have them, and what to write instead. */
const OTHER_LICENSES: Readonly<Record<StacVersion, Readonly<Record<string, string>>>> = {
  '1.0.0': { other: "'proprietary' or 'various'" },
  '1.1.0': { proprietary: "'other'", various: "'other'" },
};

function licenseNotes(object: Item | Collection): Note[] {
  const version = object.stac_version;
  const isItem = object.type === 'Feature';
  const license = isItem ? object.properties['license'] : object.license;
  const replacement =
    typeof license === 'string' && Object.hasOwn(OTHER_LICENSES[version], license)
      ? OTHER_LICENSES[version][license]
      : undefined;
  if (replacement === undefined) return [];
  const path = isItem ? 'properties.license' : 'license';
  const problem = version === '1.1.0' ? 'is deprecated in' : 'is not a value of';
  return [
    {
      about: path,
      message: `${path}: '${String(license)}' ${problem} STAC ${version}: use an SPDX identifier or ${replacement}`,
    },
  ];
}
