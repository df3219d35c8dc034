import type { Collection, Item } from '../stac.js';
import { schemaUrl } from './extension.js';
import { partsOf, type Part } from './parts.js';
import { checkedVersions, EXTENSION_OF_PREFIX, STAC_EXTENSIONS } from './registry.js';

/** Something about an Item or a Collection that is valid STAC, but that an author should know. */
export interface Note {
  /** A field, or the URL or name of an extension: the same for all Items of a pipeline, while a message may differ. */
  readonly about: string;
  readonly message: string;
}

/** Returns what undeclaredExtensions and uncheckedExtensions find. */
export function extensionNotes(object: Item | Collection): Note[] {
  return [...undeclaredExtensions(object), ...uncheckedExtensions(object)];
}

/** Returns a note for each declared extension, or version of one, whose fields validation does not check. */
export function uncheckedExtensions({ stac_extensions: urls }: Item | Collection): Note[] {
  return (urls ?? [])
    .filter((url) => !STAC_EXTENSIONS.has(url))
    .map((url) => {
      const name = nameIn(url);
      const versions =
        name === undefined ? [] : checkedVersions(name).map(({ version }) => version);
      const known =
        versions.length > 0 ? `; of ${String(name)}, ${versions.join(', ')} are checked` : '';
      return {
        about: url,
        message: `stac_extensions: the fields of ${url} are not checked${known}`,
      };
    });
}

/**
 * Returns a note for each published extension that has fields in an Item or a Collection, but is not declared. Readers such
 * as pystac refuse to read such fields. Prefixes of missions and vendors, such as `s1:`, need no declaration.
 */
export function undeclaredExtensions(object: Item | Collection): Note[] {
  const declared = new Set((object.stac_extensions ?? []).map(nameIn));
  const found = new Map<string, string>();
  for (const { values, place } of partsOf(object)) {
    for (const field in values) {
      const colon = field.indexOf(':');
      if (colon <= 0) continue;
      const name = EXTENSION_OF_PREFIX.get(field.slice(0, colon + 1));
      if (name === undefined || declared.has(name) || found.has(name)) continue;
      found.set(name, undeclared({ field, name, place }));
    }
  }
  return [...found].map(([about, message]) => ({ about, message }));
}

interface UndeclaredField {
  readonly field: string;
  readonly name: string;
  readonly place: Part['place'];
}

function undeclared({ field, name, place }: UndeclaredField): string {
  const newest = checkedVersions(name).findLast(({ fields }) => field in fields);
  const url = newest ? schemaUrl(newest) : 'the URL of its schema';
  const where = place === 'collection' ? '' : ` in ${place}`;
  return `stac_extensions: ${field}${where} is a field of the ${name} extension, which is not declared: add ${url}`;
}

const NAME = /\/([a-z0-9-]+)\/v[^/]+\/schema\.json#?$/;

/** Returns the name of the extension that a URL is about, whatever its version. */
function nameIn(url: string): string | undefined {
  return NAME.exec(url)?.[1];
}
