import * as z from 'zod/mini';
import { GranuleError } from '../../../lambdas/runtime/errors.js';
import type { GranuleSource } from '../../../lambdas/source/source.js';
import { joinHref } from '../../../lambdas/source/href.js';
import { decodeText } from '../../../lambdas/runtime/text.js';
import type { Product } from './product-id.js';

/** ESA's name of a file, relative to the granule, to the name that it has in the AWS bucket. */
export type FilenameMap = Readonly<Record<string, string>>;

// z.record costs a tenth of an Item.
export const FilenameMapSchema = z.custom<FilenameMap>(isFilenameMap);

function isFilenameMap(value: unknown): value is FilenameMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((name) => typeof name === 'string');
}

const ProductInfoSchema = z.object({ filenameMap: FilenameMapSchema });

/** Reads productInfo.json of a granule in the AWS bucket. Throws GranuleError and ReadError. */
export async function readFilenameMap(
  source: GranuleSource,
  product: Product,
): Promise<FilenameMap> {
  const href = joinHref(product.href, 'productInfo.json');
  const bytes = await source.read(href);
  const parsed = ProductInfoSchema.safeParse(parseJson(bytes, href));
  if (parsed.success) return parsed.data.filenameMap;
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new GranuleError(
    `${href}: ${path === '' ? 'it' : `'${path}'`} is missing or no text; filenameMap must be an object of names`,
    { href, element: 'filenameMap' },
  );
}

function parseJson(bytes: Uint8Array, href: string): unknown {
  try {
    return JSON.parse(decodeText(bytes));
  } catch (cause) {
    throw new GranuleError(`${href}: is no JSON: ${String(cause)}`, { href }, { cause });
  }
}
