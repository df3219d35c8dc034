import { optionalEnv, requiredEnv } from '../runtime/env.js';
import { ConfigurationError } from '../runtime/errors.js';

/** Returns the expression that finds the keys of granules; it may match any part of a key. Throws ConfigurationError. */
export function granulePattern(): RegExp {
  const pattern = requiredEnv('GRANULE_PATTERN');
  try {
    return new RegExp(pattern, 'u');
  } catch (cause) {
    throw new ConfigurationError(
      `environment variable GRANULE_PATTERN is not a regular expression (given '${pattern}')`,
      { cause },
    );
  }
}

/** The start of the group that is the id of a granule's Item. config.yaml allows no other named group. */
const ID_GROUP = '(?<id>';

/** An escape, a class of characters, or the start of the group. */
const TOKENS = /\\[^]|\[(?:\\[^]|[^\]\\])*\]|\(\?<id>/g;

/** Whether the pattern has a group `(?<id>...)`. */
export function namesItemId(): boolean {
  return (
    (optionalEnv('GRANULE_PATTERN') ?? '').match(TOKENS)?.some((token) => token === ID_GROUP) ??
    false
  );
}

/** Returns what the group `(?<id>...)` matches in a key; undefined if there is none, or if it matches nothing. */
export function itemIdIn(key: string): string | undefined {
  const id = granulePattern().exec(key)?.groups?.['id'];
  return id === '' ? undefined : id;
}

/** Returns the pattern without the name of its group, which not every engine for SQL knows. */
export function sqlPattern(): string {
  return requiredEnv('GRANULE_PATTERN').replace(TOKENS, (token) =>
    token === ID_GROUP ? '(' : token,
  );
}

/**
 * Returns the key or href with another ending in place of what the pattern matches, except its group `(?<id>...)` and
 * what it matches before that.
 */
export function withEnding(key: string, ending: string): string {
  const found = new RegExp(granulePattern(), 'du').exec(key);
  if (found === null) return key;
  const from = found.indices?.groups?.['id']?.[1] ?? found.index;
  return `${key.slice(0, from)}${ending}${key.slice(found.index + found[0].length)}`;
}
