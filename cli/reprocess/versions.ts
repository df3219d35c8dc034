import { UsageError } from '../shared/command.js';
import { CODE_VERSION, CODE_VERSION_TEXT } from '../../modules/config/values/code-version.js';

/**
 * Compares two versions of a pipeline's code as `code_version` in config.yaml may be: number by number, where a missing
 * number counts as 0, a `v` before it makes no difference, and a pre-release precedes its release. Negative if `one` is
 * older, 0 if they are equal.
 *
 * @example
 * compareCodeVersions('1.9', '1.10.0'); // negative
 * compareCodeVersions('2.0.0-rc.1', '2.0'); // negative
 */
export function compareCodeVersions(one: string, other: string): number {
  const [a, b] = [partsOf(one), partsOf(other)];
  const numbers = compareLists(a.numbers, b.numbers, '0');
  if (numbers !== 0) return numbers;
  if (a.words.length === 0 || b.words.length === 0) return b.words.length - a.words.length;
  return compareLists(a.words, b.words, '');
}

/** Whether a version, as an Item names it, is older than another one. One that is missing or cannot be read is the oldest. */
export function isOlder(version: string | undefined, than: string): boolean {
  if (version === undefined || !CODE_VERSION.test(version)) return true;
  return compareCodeVersions(version, than) < 0;
}

/** Returns the version of --made-before. Throws UsageError. */
export function parseMadeBefore(given: string | undefined): string {
  if (given === undefined) {
    throw new UsageError(
      'reprocess requires --made-before <version>: the Items of older versions of the code are sent again',
    );
  }
  if (CODE_VERSION.test(given)) return given;
  throw new UsageError(
    `--made-before must be ${CODE_VERSION_TEXT} (given ${JSON.stringify(given)})`,
  );
}

interface Parts {
  readonly numbers: readonly string[];
  /** The parts of a pre-release; none of a release. */
  readonly words: readonly string[];
}

function partsOf(version: string): Parts {
  const [release = '', ...rest] = version.replace(/^v/, '').split('-');
  return { numbers: release.split('.'), words: rest.length === 0 ? [] : rest.join('-').split('.') };
}

/** @param missing what counts where one list is shorter */
function compareLists(one: readonly string[], other: readonly string[], missing: string): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const order = compareParts(one[index] ?? missing, other[index] ?? missing);
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers are compared as such and precede words, as in semantic versions; an empty part precedes both. */
function compareParts(one: string, other: string): number {
  const rank = (part: string): number => (part === '' ? 0 : isNumber(part) ? 1 : 2);
  const ranks = rank(one) - rank(other);
  if (ranks !== 0) return ranks;
  if (isNumber(one)) return Number(one) - Number(other);
  return one < other ? -1 : Number(one > other);
}

function isNumber(part: string): boolean {
  return /^\d+$/.test(part);
}
