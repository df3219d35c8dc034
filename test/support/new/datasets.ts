import { askQuestions } from '../../../cli/new/ask.js';
import type { Answers } from '../../../cli/new/answers.js';
import { datasetOf, type Dataset } from '../../../cli/new/dataset.js';
import { pairwise, type Combination } from './pairs.js';

interface Shape {
  readonly key: string;
  readonly granuleId: string;
  readonly day: string;
  readonly tile: string;
}

/** Keys of different forms; each has a tile of a grid. */
const SHAPES: Readonly<Record<string, Shape>> = {
  folders: {
    key: 'raw/v2.1/2024/05/01/N53W115/scene-17/meta.json',
    granuleId: 'scene-17',
    day: '2024/05/01',
    tile: 'N53W115',
  },
  unpadded: {
    key: "it's/2024/5/1/12-2200-1343_x/S1A_IW_0042/S1A_IW_0042.xml",
    granuleId: 'S1A_IW_0042',
    day: '2024/5/1',
    tile: '12-2200-1343',
  },
  insideId: {
    key: 'data/oisst_N53_00_W115_00_20240501.nc',
    granuleId: 'oisst_N53_00_W115_00_20240501',
    day: '20240501',
    tile: 'N53_00_W115_00',
  },
  time: {
    key: 'a b/S1A_1SDV_20240501T101500_s32e012_7F.SAFE.tif',
    granuleId: 'S1A_1SDV_20240501T101500_s32e012_7F',
    day: '20240501T101500',
    tile: 's32e012',
  },
  ordinal: {
    key: 'MOD/2024/122/12/2200/1343/h18v04.hdf',
    granuleId: 'h18v04',
    day: '2024/122',
    tile: '12/2200/1343',
  },
  hive: {
    key: 'year=2024/month=05/day=01/tile=53N_115W/part-1.parquet',
    granuleId: 'part-1',
    day: 'year=2024/month=05/day=01',
    tile: '53N_115W',
  },
  timeless: {
    key: 'dem/Copernicus_N00_00_E006_00_DEM/Copernicus_N00_00_E006_00_DEM.tif',
    granuleId: 'Copernicus_N00_00_E006_00_DEM',
    day: 'none',
    tile: 'N00_00_E006_00',
  },
  root: {
    key: 'granule-20240501-N53W115.txt',
    granuleId: 'granule-20240501-N53W115',
    day: '20240501',
    tile: 'N53W115',
  },
};

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
function isPossible({ shape = '', inventory, python, messages }: Combination): boolean {
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
  const beside = key.replace(/\.[^.]*$/, footprint === 'xml' ? '.xml' : '.json');
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
    ...(combination['pattern'] === 'own' && { pattern: ownPattern(combination) }),
    ...messageAnswers(messages, key),
    ...inventoryAnswers(inventory),
    title: `It's "some" data with \`\${x}\` & \\ in ${shape}`,
    license: 'CC-BY-4.0',
    start: '2020-02-29',
  };
}

/** An author's pattern has other text than a derived one. */
function ownPattern({ shape = '', footprint, python }: Combination): string {
  const { key, granuleId, day, tile } = SHAPES[shape] ?? {
    key: '',
    granuleId: '',
    day: '',
    tile: '',
  };
  const groups: Readonly<Record<string, string>> = {
    '2024/05/01': '(?<year>\\d+)/(?<month>\\d+)/(?<day>\\d+)',
    '2024/5/1': '(?<year>\\d+)/(?<month>\\d+)/(?<day>\\d+)',
    '20240501': '(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)',
    '20240501T101500':
      '(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)T(?<hour>\\d\\d)(?<minute>\\d\\d)(?<second>\\d\\d)',
    '2024/122': '(?<year>\\d+)/(?<ordinal>\\d+)',
    'year=2024/month=05/day=01': 'year=(?<year>\\d+)/month=(?<month>\\d+)/day=(?<day>\\d+)',
    N53W115: '(?<latitude>[NS]\\d\\d)(?<longitude>[EW]\\d+)',
    N53_00_W115_00: '(?<latitude>[NS]\\d\\d)_00_(?<longitude>[EW]\\d+)_00',
    N00_00_E006_00: '(?<latitude>[NS]\\d\\d)_00_(?<longitude>[EW]\\d+)_00',
    s32e012: '(?<latitude>[ns]\\d\\d)(?<longitude>[ew]\\d+)',
    '53N_115W': '(?<latitude>\\d\\d[NS])_(?<longitude>\\d+[EW])',
    '12-2200-1343': '(?<zoom>\\d+)-(?<column>\\d+)-(?<row>\\d+)',
    '12/2200/1343': '(?<zoom>\\d+)/(?<column>\\d+)/(?<row>\\d+)',
  };
  const isGrid = footprint === 'grid' && python === 'none';
  const id = key.indexOf(granuleId);
  const inner = (text: string): string => {
    let found = text.replace(/[.]/g, '\\.');
    if (day !== 'none') found = found.replace(day, () => groups[day] ?? '');
    return isGrid ? found.replace(tile, () => groups[tile] ?? '') : found;
  };
  const [before, after] = [key.slice(0, id), key.slice(id + granuleId.length)];
  return `^${inner(before)}(?<id>${inner(granuleId)})${after.replace(/[.]/g, '\\.')}`;
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
