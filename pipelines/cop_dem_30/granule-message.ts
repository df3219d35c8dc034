import { MessageError } from '../../lambdas/runtime/errors.js';
import { excerpt } from '../../lambdas/runtime/text.js';
import type { Granule } from '../../lambdas/granule/items.js';
import type { GranuleMessage } from '../../lambdas/granule/message.js';
import { keyOfLine, parseTile, type Tile } from './tile-name.js';

/**
 * Parses a message: the key of a tile (`<tile>/<tile>.tif`), its name as in the bucket's list or in a line of
 * `aws s3 ls`, or an S3 event of such an object. In the bucket, each tile lies in a folder of its name. Throws GranuleError and MessageError for any other message.
 */
export function parseMessage(message: GranuleMessage): Granule {
  if (message.type === 's3-object') {
    tileOf(message.key);
    return { href: message.href };
  }
  if (typeof message.body !== 'string') {
    const given = excerpt(JSON.stringify(message.body));
    throw new MessageError(`the message must be the key of a tile (given ${given})`);
  }
  const { id, product } = tileOf(keyOfLine(message.body));
  return { href: `${product.bucketHref}/${id}/${id}.tif` };
}

/**
 * Parses the key of a tile. Throws GranuleError and MessageError for any other key, because any sender to the queue can
 * choose it.
 */
export function tileOf(key: string): Tile {
  const tile = parseTile(key);
  const { id } = tile;
  if ([id, `${id}.tif`, `${id}/${id}.tif`].includes(key)) return tile;
  throw new MessageError(`the key of a tile must be '${id}/${id}.tif' (given '${excerpt(key)}')`);
}
