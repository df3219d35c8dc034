import type { Answers, Question } from '../answers.js';
import { derivedPattern } from '../derived-pattern.js';
import { findGridPart, parseGridPart } from '../grid-part.js';
import { regexText } from '../key-pattern.js';
import { likelyMetadata, parseMetadata } from '../metadata-file.js';
import { parseOwnPattern } from '../own-pattern.js';
import { keyOf, parseFootprint, parseKeyOrHref, partOf } from './parsers.js';

/** Questions about the area of a granule, and about the keys of all granules. */
export const FOOTPRINT_QUESTIONS: readonly Question[] = [
  {
    name: 'footprint',
    flag: '--footprint <area>',
    says: 'metadata (a file of the granule has it), globe, grid (the key names a tile), or west,south,east,north',
    asks: 'The footprint: metadata, globe, grid, or a constant as west,south,east,north?',
    default: () => 'globe',
    parse: parseFootprint,
  },
  {
    name: 'tile',
    flag: '--tile <part>',
    says: 'with --footprint grid: the part of the key that names the tile, such as N53W115',
    asks: 'Which part of the key names the tile?',
    useless: ({ footprint, python }) => uselessForItem('grid', { footprint, python }),
    default: ({ key }) => findGridPart(keyOf(key)),
    parse: (value, { key }) => partOf(parseGridPart(value).text, keyOf(key)),
  },
  {
    name: 'metadata',
    flag: '--metadata <key>',
    says: 'with --footprint metadata: the example key of the file that has it, .json or .xml',
    asks: 'The key of the file that has the footprint of this granule:',
    useless: ({ footprint, python }) => uselessForItem('metadata', { footprint, python }),
    default: ({ key }) => likelyMetadata(keyOf(key)),
    parse: (value, { key, granuleId = '' }) =>
      parseMetadata(parseKeyOrHref(value), { key: keyOf(key), id: granuleId }).key,
  },
  {
    name: 'pattern',
    flag: '--pattern <regex>',
    says: 'the keys of granules, with the groups id, and year, month and day, as in (?<id>[^/]+)',
    asks: 'The keys of granules, as a regular expression:',
    isDerived: true,
    default: (answers) => regexText(derivedPattern(answers)),
    parse: (value, answers) => parseOwnPattern(value, answers),
  },
];

function uselessForItem(
  wanted: 'grid' | 'metadata',
  { footprint, python = 'none' }: Answers,
): string | undefined {
  if (python !== 'none') return `--python ${python}`;
  return footprint === wanted ? undefined : `--footprint ${footprint ?? ''}`;
}
