import { CODE_TAG } from '../names.js';
import { FieldError } from './error.js';

/** The tags that the stack sets on every resource, and that a config must not set. */
export const STACK_TAGS = ['Project', 'Pipeline', 'ManagedBy'] as const;

const RESERVED = [...STACK_TAGS, CODE_TAG];
// AWS allows 50 tags per resource; the stack sets four of them on a function.
const MAX_TAGS = 50 - RESERVED.length;
/** @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices */
const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export type Tags = Readonly<Record<string, string>>;

/** Checks the tags of a config. Throws FieldError. */
export function parseTags(tags: Tags): Tags {
  const keys = Object.keys(tags);
  if (keys.length > MAX_TAGS)
    throw new FieldError(`may have at most ${MAX_TAGS} tags, not ${keys.length}`);
  Object.entries(tags).forEach(checkTag);
  // IAM ignores the case of tag keys.
  const repeated = keys.find((key, index) =>
    keys.slice(0, index).some((other) => sameKey(key, other)),
  );
  if (repeated !== undefined)
    throw new FieldError(`has the tag "${repeated}" twice: tag keys are not case-sensitive`);
  return tags;
}

function checkTag([key, value]: [string, string]): void {
  const reserved = RESERVED.find((tag) => sameKey(tag, key));
  if (reserved !== undefined)
    throw new FieldError(`must not set the tag ${reserved}: the stack sets it`);
  if (/^aws:/i.test(key))
    throw new FieldError(`must not set the tag "${key}": the prefix aws: is reserved for AWS`);
  if (key === '' || key.length > 128 || !CHARACTERS.test(key)) {
    throw new FieldError(
      `has the invalid tag key "${key}": use 1 to 128 letters, digits, spaces or _.:/=+-@`,
    );
  }
  if (value.length > 256 || !CHARACTERS.test(value)) {
    throw new FieldError(
      `has an invalid value for the tag ${key}: use up to 256 letters, digits, spaces or _.:/=+-@`,
    );
  }
}

function sameKey(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
