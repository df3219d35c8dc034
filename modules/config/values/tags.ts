import { FieldError } from './error.js';

/** The stack sets these on everything, so a config may not. */
export const STACK_TAGS = ['Project', 'Pipeline', 'ManagedBy'] as const;

// 50 tags a resource, less those of the stack.
const MAX_TAGS = 50 - STACK_TAGS.length;
/** @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices */
const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export type Tags = Readonly<Record<string, string>>;

/** Throws FieldError. */
export function parseTags(tags: Tags): Tags {
  const keys = Object.keys(tags);
  if (keys.length > MAX_TAGS)
    throw new FieldError(`may have ${MAX_TAGS} tags at most, not ${keys.length}`);
  Object.entries(tags).forEach(checkTag);
  // IAM compares tag keys without regard to case.
  const repeated = keys.find((key, index) =>
    keys.slice(0, index).some((other) => sameKey(key, other)),
  );
  if (repeated !== undefined)
    throw new FieldError(`has the tag "${repeated}" twice: case does not tell tags apart`);
  return tags;
}

function checkTag([key, value]: [string, string]): void {
  const reserved = STACK_TAGS.find((tag) => sameKey(tag, key));
  if (reserved !== undefined)
    throw new FieldError(`may not set the tag ${reserved}: the stack does`);
  if (/^aws:/i.test(key)) throw new FieldError(`may not set the tag "${key}": aws: belongs to AWS`);
  if (key === '' || key.length > 128 || !CHARACTERS.test(key)) {
    throw new FieldError(
      `has the key "${key}": a tag's key is 1 to 128 letters, digits, blanks or _.:/=+-@`,
    );
  }
  if (value.length > 256 || !CHARACTERS.test(value)) {
    throw new FieldError(
      `has a bad value for ${key}: it is up to 256 letters, digits, blanks or _.:/=+-@`,
    );
  }
}

function sameKey(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
