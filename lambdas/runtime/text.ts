const UTF8 = decoderOf('utf-8');

/** An XML declaration is ASCII in every encoding that is told by it, and stands at the very start. */
const DECLARATION_BYTES = 200;
const DECLARED_ENCODING = /^<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/;

/**
 * Decodes the bytes of a text file. The encoding is that of the byte order mark, which is removed, or of the XML
 * declaration, or else UTF-8. Throws TypeError if the bytes are not valid in that encoding, and RangeError if the
 * encoding is unknown.
 *
 * @example
 * const xml = decodeText(await source.read('s3://bucket/granule/manifest.xml'));
 *
 * @see https://www.w3.org/TR/xml/#sec-guessing
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  const decoder = encoding === 'utf-8' ? UTF8 : decoderOf(encoding);
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new TypeError(`the bytes are not ${encoding}`, { cause });
  }
}

// 'fatal': a replacement character in a name would be a wrong name that looks right.
function decoderOf(encoding: string) {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    throw new RangeError(`the encoding '${encoding}' is not known`, { cause });
  }
}

function encodingOf(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0x3c && b === 0x00) return 'utf-16le';
  if (a === 0x00 && b === 0x3c) return 'utf-16be';
  return declaredEncoding(bytes);
}

function declaredEncoding(bytes: Uint8Array): string {
  // Behind a UTF-8 mark there is none that counts.
  const start = Buffer.from(bytes.subarray(0, DECLARATION_BYTES)).toString('latin1');
  const declared = DECLARED_ENCODING.exec(start)?.[1]?.toLowerCase() ?? 'utf-8';
  // A declaration that could be read byte by byte is not UTF-16, whatever it says.
  return /^(?:utf-?8|utf-?16(?:le|be)?|us-ascii)$/.test(declared) ? 'utf-8' : declared;
}
