import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';

import { failureOf } from '../../lambdas/runtime/errors.js';
import { joinHref } from '../../lambdas/source/href.js';
import type { Granule, GranulePipeline } from '../../lambdas/granule/items.js';
import { parseBody } from '../../lambdas/granule/message.js';
import { parseGranule } from '../../lambdas/granule/parse.js';
import type { HrefMap } from '../../local/container/protocol.js';
import { isBug } from '../../lambdas/runtime/unexpected.js';
import { withoutTrailingSlashes } from '../../lambdas/runtime/text.js';

/** A granule named on the command line, and where to read it if not from its href. */
export interface NamedGranule {
  readonly href: string;
  readonly sourceMap?: HrefMap;
}

/** Keeps an s3:// or https:// href unchanged. The href of a folder is its absolute path, or starts with `prefix`. */
export function namedGranule(given: string, prefix: string | undefined): NamedGranule {
  if (isHref(given)) return { href: given };
  const folder = resolve(given);
  if (prefix === undefined) return { href: folder };
  const name = basename(folder);
  const plain = withoutTrailingSlashes(prefix);
  const href = basename(plain) === name ? plain : joinHref(plain, name);
  return { href, sourceMap: { from: href, to: folder } };
}

/**
 * The granule that a message names, such as a bare key; undefined for a path or a message of another pipeline.
 *
 * @param onBug called with the reason if parseMessage fails for an href, such as with a TypeError
 */
export function tryFindGranule(
  given: string,
  pipeline: Pick<GranulePipeline<Granule>, 'parseMessage'>,
  onBug: (reason: string) => void = () => undefined,
): Granule | undefined {
  if (given === '' || existsSync(given)) return undefined;
  try {
    const [message, ...others] = parseBody(given).messages;
    return message === undefined || others.length > 0
      ? undefined
      : parseGranule(pipeline.parseMessage, message);
  } catch (error) {
    const { kind, message } = failureOf(error);
    if (kind === 'permanent') return undefined;
    if (!isHref(given)) throw error;
    // An href is usually not a message. parseMessage does not have to know it, but must not fail.
    if (isBug(error)) onBug(message);
    return undefined;
  }
}

function isHref(given: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(given);
}
