import { rectangleOf } from '../../../lambdas/stac/rectangle.js';
import type { Bbox } from '../../../lambdas/stac/stac.js';
import { FieldError } from '../../../modules/config/values/error.js';
import { parseS3Location } from '../../../modules/config/values/s3-location.js';

/** Returns a parser for one of a few words, or for the beginning of one. */
export function oneOf(...words: readonly string[]): (value: string) => string {
  return (value) => {
    const lower = value.toLowerCase();
    const found = words.filter((word) => lower !== '' && word.startsWith(lower));
    const [word] = words.includes(lower) ? [lower] : found.length === 1 ? found : [];
    if (word !== undefined) return word;
    throw new FieldError(`must be ${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`);
  };
}

export function parseFootprint(value: string): string {
  if (['metadata', 'globe', 'grid'].includes(value)) return value;
  const numbers = value.split(',').map((text) => (text.trim() === '' ? NaN : Number(text)));
  if (numbers.length !== 4 || numbers.some((number) => !Number.isFinite(number))) {
    throw new FieldError(
      'must be metadata, globe, grid, or four numbers of degrees: west,south,east,north',
    );
  }
  try {
    rectangleOf(bboxIn(value));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new FieldError(`must be west,south,east,north: ${error.message}`);
  }
  return numbers.join(',');
}

/** The numbers of a footprint that parseFootprint accepted. */
export function bboxIn(value: string): Bbox {
  const [west = 0, south = 0, east = 0, north = 0] = value.split(',').map(Number);
  return [west, south, east, north];
}

/** Parses a text of one line, such as a title. */
export function oneLine(value: string): string {
  const text = value.trim();
  // eslint-disable-next-line no-control-regex -- these are the characters to refuse
  if (text === '' || /[\x00-\x1f\x7f\u2028\u2029]/.test(text))
    throw new FieldError('must be a text of one line');
  return text;
}

/** The key of an answer, which may be an s3:// href. */
export function keyOf(answer = ''): string {
  return /^s3:\/\/[^/]+\/(.*)$/.exec(answer)?.[1] ?? answer;
}

/** Parses a key or an s3:// href, and returns it as it is. Throws FieldError. */
export function parseKeyOrHref(value: string): string {
  const isHref = value.startsWith('s3://');
  const { key } = parseS3Location(isHref ? value : `s3://bucket/${value}`);
  const segments = key.split('/');
  if (segments.some((segment) => ['', '.', '..'].includes(segment)))
    throw new FieldError(
      'must be a whole key such as 2024/05/01/scene-1.tif, without empty segments, . and ..: the sample keeps it as a path',
    );
  // eslint-disable-next-line no-control-regex -- these are the characters to refuse
  if (/[\x00-\x1f\x7f\\]/.test(key)) throw new FieldError('must not have control characters or \\');
  return value;
}

/** Checks that a text is a part of the key. Throws FieldError. */
export function partOf(value: string, key: string): string {
  if (value !== '' && key.includes(value)) return value;
  throw new FieldError(`must be a part of the key, ${key}`);
}
