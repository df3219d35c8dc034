import type { Answers } from './answers.js';
import { parseDayPart } from './day-part.js';
import { parseGridPart } from './grid-part.js';
import { patternOf, type PatternToken } from './key-pattern.js';

/** Derives the pattern of the keys from the answers about the parts of one. Throws FieldError. */
export function derivedPattern({
  key = '',
  granuleId = '',
  day = 'none',
  tile,
}: Answers): readonly PatternToken[] {
  return patternOf({
    key: key.replace(/^s3:\/\/[^/]+\//, ''),
    id: granuleId,
    day: day === 'none' ? undefined : parseDayPart(day),
    grid: tile === undefined ? undefined : parseGridPart(tile),
  });
}
