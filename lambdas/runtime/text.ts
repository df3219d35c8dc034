import { archiveFormatOf } from './archive.js';

const UTF8 = decoderOf('utf-8');

/** An XML declaration starts the file, and is ASCII in every encoding that it can declare. */
const DECLARATION_BYTES = 200;
const DECLARED_ENCODING = /^<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/;

/**
 * Decodes the bytes of a text file. Uses the encoding of the byte order mark (which is removed), otherwise that of
 * the XML declaration, otherwise UTF-8. Throws TypeError if the bytes are not valid in that encoding, and RangeError if the
 * encoding is unknown.
 *
 * @example
 * const xml = decodeText(await source.read('s3://bucket/granule/manifest.xml'));
 *
 * @see https://www.w3.org/TR/xml/#sec-guessing
 */
export function decodeText(bytes: Uint8Array): string {
  const archive = archiveFormatOf(bytes);
  if (archive !== undefined)
    throw new TypeError(`the bytes are a ${archive} file, not text: unpack it`);
  const encoding = encodingOf(bytes);
  const decoder = encoding === 'utf-8' ? UTF8 : decoderOf(encoding);
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new TypeError(`the bytes are not valid ${encoding}`, { cause });
  }
}

// Without 'fatal', invalid bytes would become replacement characters, and a wrong name would go unnoticed.
function decoderOf(encoding: string) {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    throw new RangeError(`unknown encoding '${encoding}'`, { cause });
  }
}

/** Detects the encoding from the first bytes of a text: a byte order mark, `<`, or an XML declaration. */
export function encodingOf(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0x3c && b === 0x00) return 'utf-16le';
  if (a === 0x00 && b === 0x3c) return 'utf-16be';
  return declaredEncoding(bytes);
}

function declaredEncoding(bytes: Uint8Array): string {
  // After a UTF-8 byte order mark the pattern does not match: the mark overrides the declaration.
  const start = Buffer.from(bytes.subarray(0, DECLARATION_BYTES)).toString('latin1');
  const declared = DECLARED_ENCODING.exec(start)?.[1]?.toLowerCase() ?? 'utf-8';
  // A declaration that can be read as single bytes is not UTF-16, whatever it says.
  return /^(?:utf-?8|utf-?16(?:le|be)?|us-ascii)$/.test(declared) ? 'utf-8' : declared;
}

const EXCERPT_CHARACTERS = 200;

/**
 * Shortens a text for an error message or a log line, and appends its full length.
 *
 * @example
 * throw new MessageError(`not a tile name: ${excerpt(name)}`);
 */
export function excerpt(text: string, characters = EXCERPT_CHARACTERS): string {
  return text.length <= characters
    ? text
    : `${text.slice(0, characters)}... (${text.length} characters)`;
}

/** Removes all slashes at the end of a URL or path. */
export function withoutTrailingSlashes(text: string): string {
  return text.replace(/\/+$/, '');
}
