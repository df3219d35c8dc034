import { GranuleError } from '../../../lambdas/runtime/errors.js';
import { decodeText } from '../../../lambdas/runtime/text.js';

/** The text of a granule's file. Throws GranuleError where the bytes are none. */
export function granuleText(bytes: Uint8Array, href: string): string {
  try {
    return decodeText(bytes);
  } catch (cause) {
    throw new GranuleError(`${href}: is no text: ${String(cause)}`, { href }, { cause });
  }
}
