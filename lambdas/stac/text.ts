/**
 * Finds what PostgreSQL, in which pgSTAC stores Items, refuses in a text: NUL, and a half of a surrogate pair. The
 * ingestor accepts them, and the Item would never be loaded.
 */
export function tryUnstorable(text: string): string | undefined {
  if (text.includes('\0')) return 'contains the character NUL, which the catalogue cannot store';
  // isWellFormed is not in the ES version of the compiler's library.
  if (LONE_SURROGATE.test(text))
    return 'contains a half of a surrogate pair, which the catalogue cannot store';
  return undefined;
}

const LONE_SURROGATE = /\p{Cs}/u;
const CONTROL = /\p{Cc}/u;

/**
 * Finds what an id must not have, because it stands in URLs of the ingestor and the catalogue. Other characters, such as
 * `?`, `#`, `%` and spaces, are percent-encoded there; a slash would be decoded before the path is taken apart.
 */
export function tryBadId(id: string): string | undefined {
  if (id.includes('/')) return 'contains a slash, which no URL of the catalogue can have in an id';
  if (id === '.' || id === '..') return 'is a step in a path, which URLs resolve';
  if (CONTROL.test(id)) return 'contains a control character';
  return undefined;
}
