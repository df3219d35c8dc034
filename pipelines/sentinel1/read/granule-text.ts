import { GranuleError } from '../../../lambdas/runtime/errors.js';
import { decodeText } from '../../../lambdas/runtime/text.js';

/** Decodes a file of a granule. Throws GranuleError if the bytes are not text. */
export function granuleText(bytes: Uint8Array, href: string): string {
  try {
    return decodeText(bytes);
  } catch (cause) {
    throw new GranuleError(`${href}: is not a text file: ${String(cause)}`, { href }, { cause });
  }
}
