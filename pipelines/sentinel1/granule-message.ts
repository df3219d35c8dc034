import * as z from 'zod/mini';
import { MessageError } from '../../lambdas/runtime/errors.js';
import { excerpt } from '../../lambdas/runtime/text.js';
import type { GranuleMessage } from '../../lambdas/granule/message.js';
import { BUCKET_HREF } from './constants.js';
import { FilenameMapSchema } from './read/filename-map.js';
import type { Sentinel1Granule } from './item.js';

/** What the topic tells of a new product, as far as it is needed; a backfill's message has the path alone. */
export const GranuleMessageSchema = z.object({
  /** `GRD/<y>/<m>/<d>/<mode>/<polarisation>/<product id>`: month and day without a leading zero. */
  path: z.string(),
  productType: z.optional(z.string()),
  /** The message holds productInfo.json whole; a map of another shape is read from there instead. */
  filenameMap: z.catch(z.optional(FilenameMapSchema), undefined),
});

const PATH = /^GRD(?:\/[\w.-]+)+$/;
const MANIFEST_NAME = '/manifest.safe';

/**
 * The product that a message names: the topic's own, a backfill's, or an S3 event of a manifest. Undefined for a
 * product of another type than GRD. Throws MessageError on anything else.
 */
export function parseMessage(message: GranuleMessage): Sentinel1Granule | undefined {
  if (message.type === 's3-object') {
    if (PATH.test(message.key) && message.key.endsWith(MANIFEST_NAME)) {
      return { href: message.href.slice(0, -MANIFEST_NAME.length) };
    }
    throw new MessageError(`the object is no manifest of a GRD product (given '${message.href}')`);
  }
  const parsed = GranuleMessageSchema.safeParse(message.body);
  if (!parsed.success)
    throw new MessageError(
      `the message names no product by its path (given ${given(message.body)})`,
    );
  const { path, productType = 'GRD', filenameMap } = parsed.data;
  if (productType !== 'GRD') return undefined;
  const href = `${BUCKET_HREF}/${checkPath(path)}`;
  return filenameMap === undefined ? { href } : { href, filenameMap };
}

/** The path may come from anybody who can send to the queue: it must not lead out of the bucket's GRD folder. */
function checkPath(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
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
