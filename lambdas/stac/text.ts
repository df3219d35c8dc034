/**
 * Finds characters that PostgreSQL, in which pgSTAC stores Items, rejects: NUL and unpaired surrogates. The ingestor
 * accepts them, but the Item would never be loaded.
 */
export function tryUnstorable(text: string): string | undefined {
  if (text.includes('\0')) return 'contains a NUL character, which the catalogue cannot store';
  // isWellFormed is not in the ES version of the compiler's library.
  if (LONE_SURROGATE.test(text))
    return 'contains an unpaired surrogate, which the catalogue cannot store';
  return undefined;
}

const LONE_SURROGATE = /\p{Cs}/u;
const CONTROL = /\p{Cc}/u;

/**
 * Finds what an id must not contain, because it is part of URLs of the ingestor and the catalogue. Other characters, such
 * as `?`, `#`, `%` and spaces, are percent-encoded there; an encoded slash would be decoded before the path is split.
 */
export function tryBadId(id: string): string | undefined {
  if (id.includes('/')) return 'contains a slash, which an id in a catalogue URL cannot contain';
  if (id === '.' || id === '..') return 'is a relative path segment, which a URL would resolve';
  if (CONTROL.test(id)) return 'contains a control character';
  return undefined;
}
