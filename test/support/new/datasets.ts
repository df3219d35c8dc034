import { askQuestions } from '../../../cli/new/ask.js';
import type { Answers } from '../../../cli/new/answers.js';
import { datasetOf, type Dataset } from '../../../cli/new/dataset.js';
import { ownPattern, SHAPES } from './shapes.js';
import { pairwise, type Combination } from './pairs.js';

const FACTORS = {
  shape: Object.keys(SHAPES),
  messages: ['s3', 'key', 'folder', 'href', 'none'],
  inventory: ['day', 'once', 'listing', 'otherListing', 'none'],
  footprint: [
    'metadata',
    'xml',
    'globe',
    'grid',
    '-10,35,30,60.5',
    '170,-20,-170,20',
    '-120,-60,120,60',
  ],
  python: ['none', 'stactools.some_data.stac:create_item'],
  sample: ['none', 'package.json'],
  pattern: ['derived', 'own'],
  requesterPays: ['yes', 'no'],
} as const;

/** A dataset of a combination of answers, with the answers. */
export interface NamedDataset {
  readonly id: string;
  readonly title: string;
  readonly combination: Combination;
  readonly dataset: Dataset;
}

/** Returns datasets in which each two answers to different questions occur together at least once. */
export async function pairwiseDatasets(): Promise<readonly NamedDataset[]> {
  const combinations = pairwise(FACTORS, isPossible);
  return Promise.all(
    combinations.map(async (combination, index) => {
      const id = `pair_${index}`;
      const { answers } = await askQuestions({
        id,
        given: answersOf(combination),
        isYes: true,
        streams: { input: process.stdin, output: process.stderr },
      });
      const title = `${id}: ${Object.values(combination).join(', ')}`;
      return { id, title, combination, dataset: datasetOf(id, answers) };
    }),
  );
}

/** What the command refuses, as other tests show. */
function isPossible({ shape = '', inventory, python, messages, sample }: Combination): boolean {
  if (sample !== 'none' && python === 'none') return false;
  if (shape === 'timeless' && inventory === 'day') return python !== 'none';
  const { key = '', granuleId = '' } = SHAPES[shape] ?? {};
  return messages !== 'folder' || key.split('/').at(-2) === granuleId;
}

export function answersOf(combination: Combination): Answers {
  const {
    shape = '',
    messages = '',
    inventory = '',
    footprint = '',
    python = 'none',
  } = combination;
  const { key, granuleId, day, tile } = SHAPES[shape] ?? {
    key: '',
    granuleId: '',
    day: '',
    tile: '',
  };
  const isTypescript = python === 'none';
  const beside = key.replace(/(?:\.[^./]*)?$/, footprint === 'xml' ? '.xml' : '.json');
  const isMetadata = ['metadata', 'xml'].includes(footprint);
  return {
    key,
    granuleId,
    day,
    python,
    bucket: 'some-bucket',
    requesterPays: combination['requesterPays'],
    footprint: isMetadata ? 'metadata' : footprint,
    ...(isTypescript && footprint === 'grid' && { tile }),
    ...(isTypescript && isMetadata && { metadata: beside }),
    ...(!isTypescript && { sample: combination['sample'] }),
    ...(combination['pattern'] === 'own' && { pattern: ownPattern(combination) }),
    ...messageAnswers(messages, key),
    ...inventoryAnswers(inventory),
    title: `It's "some" data with \`\${x}\` & \\ in ${shape}`,
    license: 'CC-BY-4.0',
    start: '2020-02-29',
  };
}

function messageAnswers(messages: string, key: string): Answers {
  const folder = key.slice(0, key.lastIndexOf('/'));
  const texts: Readonly<Record<string, unknown>> = {
    key: { detail: { 'object-key': key, size: 1 } },
    folder: { id: 'x', path: `${folder}/` },
    href: { href: `s3://some-bucket/${key}`, list: ['a'] },
  };
  const message = texts[messages];
  if (message === undefined) return { messages };
  return { messages: 'json', message: JSON.stringify(message) };
}

function inventoryAnswers(inventory: string): Answers {
  if (inventory === 'listing') return { inventory, inventoryLocation: 's3://some-bucket/keys.txt' };
  if (inventory === 'otherListing')
    return { inventory: 'listing', inventoryLocation: 's3://other-bucket/keys.csv.gz' };
  return { inventory };
}
