import { expect, test } from '@jest/globals';
import { planSection } from '../../../cli/plan/section.js';
import type { About } from '../../../cli/plan/about.js';
import { summaryOf } from '../../support/cli/plan-fixtures.js';

const INVENTORY = 's3://reports/daily/waves/everything';
const CHUNKS = { inventory: INVENTORY, hours: 6, chunk: '2022-04-20' };
const ABOUT: About = {
  collectionId: 'waves-v1',
  ingestorUrl: 'https://ingestor.example.com/api',
  backfill: CHUNKS,
};

/** The notices of a recorded plan. @param more what the summary has in place of what was recorded */
function noticesOf(recorded: string, about: About | undefined, more: object = {}): string[] {
  const summary = { ...summaryOf(recorded), ...more };
  const text = planSection({ pipeline: 'waves', summary, text: '', about });
  return text.split('\n').filter((line) => line.startsWith('- The apply'));
}

test('a new pipeline names its Collection, and what the first chunk of its backfill is', () => {
  expect(noticesOf('create', ABOUT)).toEqual([
    '- The apply posts the Collection `waves-v1` to https://ingestor.example.com/api.',
    `- The apply starts the backfill of \`${INVENTORY}\`, from chunk \`2022-04-20\` on, with a chunk every 6 hours.`,
  ]);
});

test('a backfill of the whole inventory says so, and why it starts', () => {
  const about = { ...ABOUT, backfill: { ...CHUNKS, hours: 0, chunk: undefined } };
  const start = `- The apply starts the backfill of \`${INVENTORY}\`, all of it at once`;

  expect(noticesOf('none', about, { backfill: [] })).toContain(`${start}.`);
  expect(noticesOf('none', about, { backfill: ['inventory_location'] })).toContain(
    `${start}, because \`inventory_location\` changed.`,
  );
});

test('a schedule that is there already starts nothing', () => {
  expect(noticesOf('settings', ABOUT)).toEqual(['- The apply does not post the Collection.']);
});

test('a Collection whose id only AWS knows is not named', () => {
  const about = { ...ABOUT, collectionId: undefined, backfill: undefined };

  expect(noticesOf('create', about)).toEqual([
    '- The apply posts the Collection to https://ingestor.example.com/api.',
    '- The apply starts the backfill.',
  ]);
});
