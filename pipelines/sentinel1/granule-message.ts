import * as z from 'zod/mini';
import { MessageError } from '../../lambdas/runtime/errors.js';
import { excerpt, withoutTrailingSlashes } from '../../lambdas/runtime/text.js';
import type { GranuleMessage } from '../../lambdas/granule/message.js';
import { BUCKET_HREF } from './constants.js';
import { FilenameMapSchema } from './read/filename-map.js';
import type { Sentinel1Granule } from './item.js';

/** The fields of the topic's message that are used. A message of a backfill has only the path. */
export const GranuleMessageSchema = z.object({
  /** `GRD/<y>/<m>/<d>/<mode>/<polarisation>/<product id>`, with month and day without a leading zero. */
  path: z.string(),
  productType: z.optional(z.string()),
  /** A copy of the map in productInfo.json. If it has another form, productInfo.json is read instead. */
  filenameMap: z.catch(z.optional(FilenameMapSchema), undefined),
});

const PATH = /^GRD(?:\/[\w.-]+)+$/;
const MANIFEST_NAME = '/manifest.safe';

/**
 * Parses a message of the topic or of a backfill, or an S3 event of a manifest. Undefined for a product of another type
 * than GRD. Throws MessageError for any other message.
 */
export function parseMessage(message: GranuleMessage): Sentinel1Granule | undefined {
  if (message.type === 's3-object') {
    if (PATH.test(message.key) && message.key.endsWith(MANIFEST_NAME)) {
      return { href: message.href.slice(0, -MANIFEST_NAME.length) };
    }
    throw new MessageError(
      `the object is not the manifest of a GRD product (given '${message.href}')`,
    );
  }
  const parsed = GranuleMessageSchema.safeParse(message.body);
  if (!parsed.success)
    throw new MessageError(`the message has no path of a product (given ${given(message.body)})`);
  const { path, productType = 'GRD', filenameMap } = parsed.data;
  if (productType !== 'GRD') return undefined;
  const href = `${BUCKET_HREF}/${checkPath(path)}`;
  return filenameMap === undefined ? { href } : { href, filenameMap };
}

/** Checks that the path stays within the bucket's GRD folder, because any sender to the queue can choose it. */
function checkPath(path: string): string {
  const trimmed = withoutTrailingSlashes(path);
  const leaves = trimmed.split('/').some((segment) => segment === '.' || segment === '..');
  if (PATH.test(trimmed) && !leaves) return trimmed;
  throw new MessageError(
    `the path must be GRD/<y>/<m>/<d>/<mode>/<polarisation>/<product id> (given '${excerpt(path)}')`,
  );
}

function given(body: unknown): string {
  const text = typeof body === 'string' ? `'${body}'` : JSON.stringify(body);
  return excerpt(text);
}
