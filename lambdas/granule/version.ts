import { callPipelineCode } from '../runtime/unexpected.js';
import type { Item } from '../stac/stac.js';
import { tryParseInstant } from '../stac/time.js';

/**
 * Returns which version of its granule an Item is, such as its processing time: an RFC 3339 date-time, or a text that sorts as
 * the versions do, character by character. An older version never replaces a newer one, in whatever order the messages
 * arrive; of equal versions in a batch, the one whose message was sent last counts. undefined is the oldest.
 *
 * @example
 * versionOf: ({ properties }) => properties['s1:processing_datetime'] as string | undefined
 */
export type VersionOf = (item: Item) => string | undefined;

/** The versions of Items as texts whose order is that of the versions, by the ids of the Items. */
export type VersionKeys = ReadonlyMap<string, string>;

/**
 * Returns the versions of Items; undefined if the pipeline declares none. Throws UnexpectedError, and what versionOf throws
 * on purpose.
 */
export function versionKeys(
  items: readonly Item[],
  versionOf: VersionOf | undefined,
): VersionKeys | undefined {
  if (versionOf === undefined) return undefined;
  const keyOf = (item: Item) =>
    callPipelineCode(
      () => item.id,
      () => versionOf(item),
    );
  return new Map(items.map((item) => [item.id, versionKey(keyOf(item))]));
}

/**
 * Returns a text that sorts as the versions do, character by character: an RFC 3339 time in UTC with all its decimals, or
 * the version itself.
 *
 * @example
 * versionKey('2022-11-30T02:43:42.50+01:00'); // '2022-11-30T01:43:42.5'
 */
export function versionKey(version: string | undefined): string {
  if (version === undefined) return '';
  const instant = tryParseInstant(version);
  if (instant === undefined) return version;
  const [seconds = ''] = new Date(instant.milliseconds).toISOString().split('.');
  const decimals = instant.fraction.replace(/0+$/, '');
  return decimals === '' ? seconds : `${seconds}.${decimals}`;
}
