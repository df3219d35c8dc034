import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';

import { failureOf, MessageError } from '../../lambdas/runtime/errors.js';
import { joinHref } from '../../lambdas/source/href.js';
import type { Granule, GranulePipeline } from '../../lambdas/granule/items.js';
import { parseBody } from '../../lambdas/granule/message.js';
import { parseGranule } from '../../lambdas/granule/parse.js';
import { parseS3Location } from '../../modules/config/values/s3-location.js';
import type { HrefMap } from '../../local/container/protocol.js';
import { isBug } from '../../lambdas/runtime/unexpected.js';
import { withoutTrailingSlashes } from '../../lambdas/runtime/text.js';

/** A granule named on the command line, and where to read it if not from its href. */
export interface NamedGranule {
  readonly href: string;
  readonly sourceMap?: HrefMap;
}

/** Where a granule on disk stands in a bucket. */
export interface GranulePlace {
  /** What the href of a granule on disk begins with. */
  readonly prefix?: string | undefined;
  /** The folder of the sample, and the href of the bucket that it stands for. */
  readonly sample?: HrefMap | undefined;
}

/**
 * Keeps an s3:// or https:// href unchanged. What is on disk has the href that starts with `prefix`; or, in the sample,
 * the one that it has in the bucket; otherwise its absolute path.
 */
export function namedGranule(given: string, { prefix, sample }: GranulePlace): NamedGranule {
  if (isHref(given)) return { href: given };
  const folder = resolve(given);
  if (prefix === undefined) {
    if (sample === undefined || !folder.startsWith(sample.to)) return { href: folder };
    return { href: sample.from + folder.slice(sample.to.length), sourceMap: sample };
  }
  const name = basename(folder);
  const plain = withoutTrailingSlashes(prefix);
  const href = basename(plain) === name ? plain : joinHref(plain, name);
  return { href, sourceMap: { from: href, to: folder } };
}

/** The sample of a pipeline; undefined if its config names no bucket for which it stands. */
export function sampleOf(folder: string, source: readonly string[]): HrefMap | undefined {
  const [first] = source;
  if (first === undefined) return undefined;
  return {
    from: `s3://${parseS3Location(first).bucket}/`,
    to: `${resolve(folder, 'sample', 'bucket')}/`,
  };
}

/**
 * The granule that a message names, such as a bare key; undefined for a path or a message of another pipeline. Throws
 * what parseMessage throws for JSON, which can be nothing but a message, and MessageError if it skips it.
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
    const granule =
      message === undefined || others.length > 0
        ? undefined
        : parseGranule(pipeline.parseMessage, message);
    if (granule === undefined && isJson(given))
      throw new MessageError('the message names no granule: parseMessage skips it');
    return granule;
  } catch (error) {
    const { kind, message } = failureOf(error);
    if (isJson(given)) throw error;
    if (kind === 'permanent') return undefined;
    if (!isHref(given)) throw error;
    // An href is usually not a message. parseMessage does not have to know it, but must not fail.
    if (isBug(error)) onBug(message);
    return undefined;
  }
}

function isJson(given: string): boolean {
  return /^\s*[{[]/.test(given);
}

function isHref(given: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(given);
}
