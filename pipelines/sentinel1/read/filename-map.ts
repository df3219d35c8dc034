import * as z from 'zod/mini';
import { GranuleError } from '../../../lambdas/runtime/errors.js';
import type { GranuleSource } from '../../../lambdas/source/source.js';
import { joinHref } from '../../../lambdas/source/href.js';
import { decodeText } from '../../../lambdas/runtime/text.js';
import type { Product } from './product-id.js';

/** Maps ESA's name of a file, relative to the granule, to its name in the AWS bucket. */
export type FilenameMap = Readonly<Record<string, string>>;

// z.record would take a tenth of the time of an Item.
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
  throw new GranuleError(
    `${href}: must be a JSON object whose filenameMap is an object that maps file names to file names`,
    { href, element: 'filenameMap' },
  );
}

function parseJson(bytes: Uint8Array, href: string): unknown {
  try {
    return JSON.parse(decodeText(bytes));
  } catch (cause) {
    throw new GranuleError(`${href}: is not valid JSON: ${String(cause)}`, { href }, { cause });
  }
}
