import { checkDay } from '../../../lambdas/backfill/day.js';
import { ConfigurationError } from '../../../lambdas/runtime/errors.js';
import { FieldError } from '../../../modules/config/values/error.js';
import { parseInventoryLocation } from '../../../modules/config/values/inventory-location.js';
import type { Answers, Question } from '../answers.js';
import { parseDayPart } from '../day-part.js';
import { oneLine, oneOf } from './parsers.js';

/** Questions about the inventory and the Collection. */
export const DATASET_QUESTIONS: readonly Question[] = [
  {
    name: 'inventory',
    flag: '--inventory <kind>',
    says: 'day: an S3 Inventory, read day by day; once: read at once; listing: a file of keys; none: no backfill',
    asks: 'What lists existing granules: an S3 Inventory read by day or once, a listing, or none?',
    default: (answers) => likelyInventory(answers),
    parse: (value, answers) =>
      parseInventory(oneOf('day', 'once', 'listing', 'none')(value), answers),
  },
  {
    name: 'inventoryLocation',
    flag: '--inventory-location <s3>',
    says: 's3://destination/prefix/bucket/config-id of an S3 Inventory, or the s3:// href of a listing',
    asks: 'Where is it (s3://destination/prefix/bucket/config-id, or the href of a listing)?',
    useless: ({ inventory }) => (inventory === 'none' ? '--inventory none' : undefined),
    default: ({ inventory, bucket = '' }) =>
      inventory === 'listing'
        ? `s3://${bucket}/listing.txt`
        : `s3://${bucket.slice(0, 53)}-inventory/${bucket}/daily`,
    isMadeUp: () => true,
    parse: parseLocation,
  },
  {
    name: 'collectionId',
    flag: '--collection-id <id>',
    says: 'the id of the Collection',
    asks: 'The id of the Collection:',
    default: (_, id) => id.replaceAll('_', '-'),
    parse: (value) => {
      if (/^[\w.-]+$/.test(value)) return value;
      throw new FieldError('must have only letters, digits, -, _ and .');
    },
  },
  {
    name: 'title',
    flag: '--title <text>',
    says: 'the title of the Collection',
    asks: 'The title of the Collection:',
    default: (_, id) => titleOf(id),
    parse: oneLine,
  },
  {
    name: 'license',
    flag: '--license <id>',
    says: 'the licence as SPDX names it, such as CC-BY-4.0, or proprietary',
    asks: 'The licence, as SPDX names it (proprietary if SPDX has none):',
    default: () => 'proprietary',
    parse: parseLicense,
  },
  {
    name: 'start',
    flag: '--start <day>',
    says: 'the day of the first granule, YYYY-MM-DD',
    asks: 'The day of the first granule, YYYY-MM-DD:',
    default: (answers) => dayOf(answers) ?? '2020-01-01',
    parse: parseStart,
  },
];

function likelyInventory({ inventoryLocation, day, python = 'none' }: Answers): string {
  if (inventoryLocation !== undefined && /\.(csv|txt)(\.gz)?$/.test(inventoryLocation))
    return 'listing';
  return day === 'none' && python === 'none' ? 'once' : 'day';
}

function parseInventory(kind: string, { day, python = 'none' }: Answers): string {
  // A pipeline in Python reads by the day on which an object was last modified.
  if (kind !== 'day' || day !== 'none' || python !== 'none') return kind;
  throw new FieldError(
    'must be once, listing or none, because the key has no day: name its part with --day to read an inventory day by day',
  );
}

function parseLocation(value: string, { inventory }: Answers): string {
  const { kind } = parseInventoryLocation(value);
  if ((kind === 'listing') === (inventory === 'listing')) return value;
  throw new FieldError(
    kind === 'listing'
      ? `must be an S3 Inventory, s3://destination/prefix/bucket/config-id: a listing needs --inventory listing`
      : 'must be a listing, which ends in .csv, .csv.gz, .txt or .txt.gz',
  );
}

function titleOf(id: string): string {
  const words = id.split('_').filter(Boolean);
  return words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join(' ');
}

function parseLicense(value: string): string {
  if (value === 'other')
    throw new FieldError('must be proprietary instead: STAC has "other" since version 1.1.0');
  if (/^[\w.+-]+$/.test(value)) return value;
  throw new FieldError('must be an SPDX identifier such as CC-BY-4.0, or proprietary');
}

function dayOf({ day = 'none' }: Answers): string | undefined {
  return day === 'none' ? undefined : parseDayPart(day).datetime.slice(0, 10);
}

function parseStart(value: string, answers: Answers): string {
  try {
    checkDay(value);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new FieldError('must be a day that exists, written as YYYY-MM-DD');
  }
  const example = dayOf(answers);
  if (example === undefined || value <= example) return value;
  throw new FieldError(`must not be after the day of the example key, ${example}`);
}
