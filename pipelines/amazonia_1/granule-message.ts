import type { Granule } from '../../lambdas/granule/items.js';
import type { GranuleMessage } from '../../lambdas/granule/message.js';
import { MessageError } from '../../lambdas/runtime/errors.js';
import { excerpt } from '../../lambdas/runtime/text.js';
import { BUCKET_HREF } from './buckets.js';
import { tryParseKey } from './scene-name.js';

/**
 * Parses the topic's S3 event of a quicklook, an S3 event of a metadata file, or the key of either. Undefined for an event
 * of another file of a scene. Throws MessageError for any other message.
 */
export function parseMessage(message: GranuleMessage): Granule | undefined {
  if (message.type === 's3-object') {
    return fileOf(message.key) === 'other' ? undefined : { href: message.href };
  }
  const { body } = message;
  if (typeof body !== 'string' || fileOf(body) === 'other') {
    const given = excerpt(JSON.stringify(body));
    throw new MessageError(`the message must be the key of a scene's metadata (given ${given})`);
  }
  return { href: `${BUCKET_HREF}/${body}` };
}

/** Throws MessageError if the key is not that of a scene's file, because any sender to the queue can choose it. */
function fileOf(key: string): string {
  const scene = tryParseKey(key);
  if (scene !== undefined) return scene.file;
  throw new MessageError(
    `the key must be AMAZONIA1/WFI/<path>/<row>/<scene>/<file> (given '${excerpt(key)}')`,
  );
}
