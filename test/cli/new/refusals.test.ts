import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { Answers } from '../../../cli/new/answers.js';
import { askQuestions } from '../../../cli/new/ask.js';
import { datasetOf, type Dataset } from '../../../cli/new/dataset.js';

const streams = { input: new PassThrough(), output: new PassThrough() };

async function answered(given: Answers, isYes = true): Promise<Dataset> {
  const { answers } = await askQuestions({ id: 'waves', given, isYes, streams });
  return datasetOf('waves', answers);
}

const KEY = 'raw/2024/05/01/wave-17.nc';

describe('an answer is refused with what to do', () => {
  test.each<[Answers, string]>([
    [
      { key: KEY, granuleId: 'wave-18' },
      `--granule-id must be a part of the key, ${KEY} (given "wave-18")`,
    ],
    [{ key: KEY, granuleId: '01/wave-17' }, '--granule-id must be without /'],
    [{ key: '/raw/a.nc' }, '--key must have only one slash'],
    [{ key: 'raw//a.nc' }, '--key must be a whole key'],
    [{ key: 'raw/../a.nc' }, '--key must be a whole key'],
    [{ key: 'raw/' }, '--key must be a whole key'],
    [{ key: 'raw/*.nc' }, '--key must not contain *'],
    [{ key: 's3://Bad_Bucket/a.nc' }, '--key must name a bucket'],
    [{ key: KEY, day: '2024/05/02' }, `--day must be a part of the key, ${KEY}`],
    [
      { key: 'a/2024/13/01/b.nc', day: '2024/13/01' },
      '--day must be a time that the calendar has (given "2024/13/01")',
    ],
    [{ key: 'a/20230229/b.nc', day: '20230229' }, '--day must be a time that the calendar has'],
    [{ key: 'a/2023366/b.nc', day: '2023366' }, '--day must be a time that the calendar has'],
    [
      { key: 'a/20240501T2501/b.nc', day: '20240501T2501' },
      '--day must be a time that the calendar has',
    ],
    [{ key: KEY, day: '2024' }, '--day must be a year, then a month and a day'],
    [{ key: KEY, day: '05/01' }, '--day must be a year, then a month and a day'],
    [
      { key: 'a/2024/05/01-x.nc', granuleId: '01-x', day: '2024/05/01' },
      'overlaps another part of the key',
    ],
    [{ key: KEY, pattern: '(' }, '--pattern must be a regular expression'],
    [{ key: KEY, pattern: '^data/(?<id>.*)$' }, `--pattern must match the example key, ${KEY}`],
    [
      { key: KEY, pattern: '^raw/.*/(.*)\\.nc$' },
      '--pattern must have a group id that matches "wave-17"',
    ],
    [
      { key: KEY, pattern: '^raw/(?<id>[^.]*)\\.nc$', granuleId: 'wave-17' },
      '--pattern must find "wave-17" with its group id, not "2024/05/01/wave-17"',
    ],
    [
      { key: KEY, day: '2024/05/01', pattern: '^raw/.*/(?<id>[^/]*)\\.nc$' },
      '--pattern must have a group year that matches "2024"',
    ],
    [
      {
        key: 'notes/a1/granule.txt',
        granuleId: 'granule',
        day: 'none',
        pattern: '(?<id>[^/]+)\\.txt$',
      },
      '--pattern must not match any key',
    ],
    [{ messages: 'all' }, '--messages must be s3, json or none (given "all")'],
    [{ messages: 'json', message: '{' }, '--message must be an example message as JSON'],
    [{ messages: 'json', message: '["a"]' }, '--message must be a JSON object'],
    [
      { messages: 'json', message: '{"Records": [{"s3": {"object": {"key": "a/b-1.nc"}}}]}' },
      '--message must not be an S3 event, which --messages s3 reads',
    ],
    [
      { messages: 'json', message: '{"Type": "Notification", "Message": "a text"}' },
      '--message must be an example message as JSON',
    ],
    [
      { message: '{"a": "b"}', key: KEY },
      '--granule-id must name the granule: none of its texts is the key',
    ],
    [{ message: '{"a": "raw/2024"}', key: KEY }, 'is a folder without the id "wave-17"'],
    [{ messages: 's3', message: '{"a": "b"}' }, '--message has no effect with --messages s3'],
    [
      { messages: 'none', topic: 'arn:aws:sns:eu-central-1:123456789012:t' },
      '--topic has no effect with --messages none',
    ],
    [{ topic: 'waves' }, '--topic must be'],
    [{ topic: 'arn:aws:sns:eu-central-1:123456789012:t.fifo' }, '--topic must be'],
    [
      { topic: 'arn:aws:sns:eu-central-1:123456789012:t', region: 'cn-north-1' },
      '--topic must be of the partition aws-cn',
    ],
    [{ region: 'Frankfurt' }, '--region must be an AWS region'],
    [{ bucket: 'Bad_Bucket' }, '--bucket must name a bucket'],
    [{ bucket: 'waves/raw' }, '--bucket must be the name of a bucket, without a prefix'],
    [
      { key: `s3://waves/${KEY}`, bucket: 'other' },
      '--bucket must be the bucket of the example key, waves',
    ],
    [{ requesterPays: 'maybe' }, '--requester-pays must be yes or no'],
    [{ python: 'create_item.py' }, '--python must be package.module:function'],
    [
      { python: 'stactools.waves.create_item' },
      '--python must be create_item.py or package.module:function: a colon stands',
    ],
    [{ sample: 'a.nc' }, '--sample has no effect with TypeScript'],
    [{ python: 'a.b:c', sample: 'no/such/file' }, '--sample must be a file that exists'],
    [
      { python: 'a.b:c', footprint: 'grid', tile: 'N53W115' },
      '--tile has no effect with --python a.b:c',
    ],
    [{ footprint: 'somewhere' }, '--footprint must be metadata, globe, grid, or four numbers'],
    [{ footprint: '1,2,3' }, '--footprint must be metadata'],
    [{ footprint: '1,2,,4' }, '--footprint must be metadata'],
    [{ footprint: '30,35,30,60' }, '--footprint must be west,south,east,north: the rectangle'],
    [{ key: KEY, footprint: 'grid' }, 'missing option --tile'],
    [{ key: KEY, footprint: 'grid', tile: 'wave' }, '--tile must name a tile'],
    [
      { key: 'N91W115/a-1.nc', footprint: 'grid', tile: 'N91W115' },
      '--tile must be a corner within 90 degrees',
    ],
    [
      { key: '3/9/1/a-1.nc', footprint: 'grid', tile: '3/9/1' },
      '--tile must be a tile that exists: at zoom 3, columns and rows end at 7',
    ],
    [{ footprint: 'globe', tile: 'N53W115' }, '--tile has no effect with --footprint globe'],
    [
      { key: KEY, footprint: 'metadata', metadata: 'raw/2024/05/01/wave-17.yaml' },
      '--metadata must be the key of a .json, .geojson or .xml file',
    ],
    [
      { key: KEY, footprint: 'metadata', metadata: 'other/wave-17.json' },
      '--metadata must be the key of a file beside',
    ],
    [{ inventory: 'weekly' }, '--inventory must be day, once, listing or none'],
    [
      { key: 'dem/a-1.tif', inventory: 'day' },
      '--inventory must be once, listing or none, because the key has no day',
    ],
    [
      { inventory: 'none', inventoryLocation: 's3://a/b/c' },
      '--inventory-location has no effect with --inventory none',
    ],
    [
      { inventory: 'day', inventoryLocation: 's3://keys/list.txt' },
      '--inventory-location must be an S3 Inventory',
    ],
    [
      { inventory: 'listing', inventoryLocation: 's3://dest/bucket/daily' },
      '--inventory-location must be a listing',
    ],
    [{ inventoryLocation: 'dest/bucket/daily' }, '--inventory-location must be an S3 location'],
    [{ collectionId: 'a b' }, '--collection-id must have only'],
    [{ title: 'a\nb' }, '--title must be a text of one line'],
    [{ license: 'CC BY' }, '--license must be an SPDX identifier'],
    [{ license: 'other' }, '--license must be proprietary instead'],
    [{ start: '2024-02-30' }, '--start must be a day that exists'],
    [
      { key: KEY, start: '2024-05-02' },
      '--start must not be after the day of the example key, 2024-05-01',
    ],
  ])('%j', async (given, problem) => {
    await expect(answered(given)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining(problem),
    });
  });
});

test('a pattern of the author may have parts that overlap in the example', async () => {
  const pattern = '^a/(?<year>\\d{4})/(?<month>\\d\\d)/(?<id>(?<day>\\d\\d)-x)\\.nc$';
  const given = { key: 'a/2024/05/01-x.nc', granuleId: '01-x', day: '2024/05/01', pattern };

  expect(await answered(given)).toMatchObject({ pattern, tokens: undefined });
});

describe('without a terminal', () => {
  test('missing answers are listed as options', async () => {
    await expect(answered({ key: KEY, granuleId: 'wave-17' }, false)).rejects.toThrow(
      /^there is no terminal to ask at: pass --messages <form>, --day <part>, .*--start <day>, or --yes/,
    );
  });

  test('an answer that follows from another is not missing', async () => {
    const key = `s3://waves/${KEY}`;

    await expect(answered({ key, granuleId: 'wave-17' }, false)).rejects.toThrow(
      /^there is no terminal to ask at: pass (?!.*--bucket)/,
    );
    await expect(answered({ key: KEY, granuleId: 'wave-17' }, false)).rejects.toThrow('--bucket');
  });

  test('nothing is missing if everything is given', async () => {
    const given = {
      messages: 'none',
      key: `s3://waves/${KEY}`,
      granuleId: 'wave-17',
      day: 'none',
      python: 'none',
      footprint: 'globe',
      bucket: 'waves',
      region: 'eu-west-1',
      requesterPays: 'no',
      inventory: 'none',
      collectionId: 'w',
      title: 'Waves',
      license: 'MIT',
      start: '2020-01-01',
    };

    expect(await answered(given, false)).toMatchObject({ id: 'waves', key: KEY, topic: undefined });
  });
});

describe('what is not given follows from what is', () => {
  test.each<[Answers, Partial<Dataset>]>([
    [
      { key: 's3://waves/2024/05/01/wave-17/metadata.xml' },
      { bucket: 'waves', granuleId: 'wave-17' },
    ],
    [{ key: 'a/S2A_31UDQ_20240501_0_L2A.tar.gz' }, { granuleId: 'S2A_31UDQ_20240501_0_L2A' }],
    [{ topic: 'arn:aws:sns:us-west-2:123456789012:t' }, { region: 'us-west-2' }],
    [{ region: 'cn-north-1' }, { topic: 'arn:aws-cn:sns:cn-north-1:123456789012:waves' }],
    [{ topic: 'none' }, { topic: undefined }],
    [{ inventoryLocation: 's3://lists/keys.csv.gz' }, { inventory: 'listing' }],
    [{ key: 'dem/a-1.tif' }, { inventory: 'once', day: undefined }],
    [
      { message: '{"path": "GRD/2023/3/14/IW/S1A_1"}' },
      { key: 'GRD/2023/3/14/IW/S1A_1', granuleId: 'S1A_1' },
    ],
    [
      { message: '{"Type": "Notification", "Message": "{\\"path\\": \\"a/wave-1\\"}"}' },
      {
        key: 'a/wave-1',
        message: { path: ['path'], kind: 'key', file: '', message: { path: 'a/wave-1' } },
      },
    ],
    [{ bucket: 'arn:aws:s3:::swell' }, { bucket: 'swell' }],
    [{ bucket: 's3://swell/' }, { bucket: 'swell' }],
    [{ message: '{"href": "s3://waves/a/b-1.nc"}' }, { key: 'a/b-1.nc', bucket: 'waves' }],
    [
      { key: KEY, pattern: '^raw/(?<year>\\d+)/(?<month>\\d+)/(?<day>\\d+)/(?<id>[^/]+)\\.nc$' },
      { granuleId: 'wave-17', start: '2024-05-01' },
    ],
  ])('%j', async (given, expected) => {
    expect(await answered(given)).toMatchObject(expected);
  });

  test.each([
    [{ python: 'stactools.noaa_cdr.stac:create_item' }, 'stactools-noaa-cdr'],
    [{ python: 'waves.stac:create_item' }, 'waves'],
  ])('%j', async (given, requirement) => {
    expect((await answered(given)).python).toMatchObject({ requirement });
  });

  test.each([
    [
      'raw/2024/05/01/wave-17.nc',
      '^raw/(?<year>\\d{4})/(?<month>\\d{2})/(?<day>\\d{2})/(?<id>[^/]+)\\.nc$',
    ],
    [
      'GRD/2023/3/14/IW/DV/S1A_1/manifest.safe',
      '^GRD/(?<year>\\d{4})/(?<month>\\d{1,2})/(?<day>\\d{1,2})/[^/]+/[^/]+/(?<id>[^/]+)/manifest\\.safe$',
    ],
    [
      'v2.1/avhrr/202209/oisst-avhrr-v02r01.20220914.nc',
      '^v2\\.1/avhrr/[^/]+/(?<id>[^/]*?(?<year>\\d{4})(?<month>\\d{2})(?<day>\\d{2}))\\.nc$',
    ],
    [
      '12345678_20240501_x.tif',
      '^(?<id>[^\\W_]+_(?<year>\\d{4})(?<month>\\d{2})(?<day>\\d{2})[^/]*)\\.tif$',
    ],
    ['l2/36/Q/WD/tile=A/s-1.tif', '^l2/[^/]+/[^/]+/[^/]+/tile=[^/]+/(?<id>[^/]+)\\.tif$'],
    ['t/scene-1/scene-1_B04.tif', '^t/(?<id>[^/]+)/\\k<id>_B04\\.tif$'],
  ])('the pattern of %s is %s', async (key, pattern) => {
    const granuleId = key.startsWith('t/')
      ? { granuleId: 'scene-1' }
      : key.startsWith('1')
        ? { day: '20240501' }
        : {};
    const isGrd = key.startsWith('GRD') ? { granuleId: 'S1A_1' } : {};

    expect((await answered({ key, ...granuleId, ...isGrd })).pattern).toBe(pattern);
  });
});

test.each([
  ['s2', 's2-data'],
  ['a_', 'a-data'],
  ['my_waves', 'my-waves'],
])('the bucket that is made up for %s is %s', async (id, bucket) => {
  const { answers } = await askQuestions({ id, given: {}, isYes: true, streams });

  expect(answers.bucket).toBe(bucket);
});
