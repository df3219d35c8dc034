import { types } from 'node:util';

/**
 * Whether a read or a download failed because the file does not exist, so that `createItem` can do without it or try
 * another name. Looks at `missing`, not at the class ReadError, because the source may be of another bundle.
 *
 * @example
 * const quality = await source.read(joinHref(href, 'quality.xml')).catch((error: unknown) => {
 *   if (isMissingFile(error)) return undefined;
 *   throw error;
 * });
 */
export function isMissingFile(error: unknown): boolean {
  return types.isNativeError(error) && 'missing' in error && error.missing === true;
}
