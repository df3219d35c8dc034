import { rectangleOf } from '../../../lambdas/stac/rectangle.js';
import type { Dataset } from '../dataset.js';
import { importOf, lines, literal } from './code.js';
import { messageTextOf } from './sample.js';

/** Returns app.test.ts: a message becomes an Item. */
export function appTest(dataset: Dataset): string {
  const { message, area } = dataset;
  const isS3 = message === undefined;
  return lines(
    area.kind === 'metadata' && "import { readFileSync } from 'node:fs';",
    "import { expect, test } from '@jest/globals';",
    importOf(['memorySource'], '../../test/kit/memory-source.js'),
    importOf(
      [isS3 && 's3Event', dataset.topic !== undefined && 'snsEnvelope'],
      '../../test/kit/records.js',
    ),
    importOf(['runBatch'], '../../test/kit/run-batch.js'),
    importOf(['handler'], './app.js'),
    importOf(['BUCKET_HREF'], './granule-key.js'),
    '',
    `const KEY = ${literal(dataset.key)};`,
    isS3 ? undefined : `const MESSAGE = ${messageTextOf(dataset)};`,
    ...sourceCode(dataset),
    '',
    `test('${dataset.topic === undefined ? 'a key' : 'a message of the topic'} becomes an Item', async () => {`,
    `const body = ${bodyOf(dataset)};`,
    '// At the last receive every error is a dead letter, which has the reason.',
    'const last = { receives: 10, maxReceiveCount: 10 };',
    'const { items, failed, dead } = await runBatch(handler, [body], { source, ...last });',
    '',
    'expect({ failed, dead }).toEqual({ failed: [], dead: [] });',
    'expect(items).toEqual([expect.objectContaining({',
    `id: ${literal(dataset.granuleId)},`,
    `properties: expect.objectContaining({ datetime: ${literal(datetimeOf(dataset))} }),`,
    ...bboxLine(dataset),
    '})]);',
    'expect(Object.values(items[0]?.assets ?? {}).map(({ href }) => href)).toContain(`${BUCKET_HREF}/${KEY}`);',
    '});',
    '',
    ...(isS3 ? OTHER_OBJECT : OTHER_MESSAGE),
    '',
  );
}

/** Code of the message that the sample begins with. */
export function bodyOf({ topic, message, bucket }: Dataset): string {
  if (topic === undefined) return 'KEY';
  return message === undefined
    ? `snsEnvelope(s3Event(${literal(bucket)}, KEY))`
    : 'snsEnvelope(MESSAGE)';
}

const OTHER_OBJECT = [
  "test('an event of another object is skipped', async () => {",
  "const body = s3Event('other', 'no/such/granule.txt');",
  '',
  'expect(await runBatch(handler, [body], { source })).toMatchObject({ items: [], failed: [], dead: [] });',
  '});',
];

const OTHER_MESSAGE = [
  "test('a message of another form is a dead letter that quotes it', async () => {",
  'const { items, dead } = await runBatch(handler, [{ odd: 1 }], { source });',
  '',
  'expect(items).toEqual([]);',
  `expect(dead).toEqual([expect.objectContaining({ reason: expect.stringContaining('{"odd":1}') })]);`,
  '});',
];

function sourceCode({ area }: Dataset): readonly string[] {
  if (area.kind !== 'metadata') return ['const source = memorySource({});'];
  const { key, change } = area.file;
  const name = change === undefined ? 'KEY' : 'METADATA';
  return [
    ...(change === undefined ? [] : [`const METADATA = ${literal(key)};`]),
    'const source = memorySource({',
    `[\`\${BUCKET_HREF}/\${${name}}\`]: readFileSync(new URL(\`./sample/bucket/\${${name}}\`, import.meta.url)),`,
    '});',
  ];
}

export function datetimeOf({ day, start }: Dataset): string {
  return day?.datetime ?? `${start}T00:00:00Z`;
}

function bboxLine({ area }: Dataset): readonly string[] {
  if (area.kind === 'globe') return ['bbox: [-180, -90, 180, 90],'];
  if (area.kind !== 'constant') return [];
  return [`bbox: [${rectangleOf(area.bbox).bbox.join(', ')}],`];
}

/** Returns historic.test.ts: a row becomes a message, the message the granule, and the granule its Item. */
export function historicTest(dataset: Dataset): string {
  const isDaily = dataset.inventory === 'day';
  return lines(
    "import { expect, test } from '@jest/globals';",
    importOf(['parseBody'], '../../lambdas/granule/message.js'),
    importOf(['handler as app'], './app.js'),
    importOf(['BUCKET_HREF', 'parseHref'], './granule-key.js'),
    importOf(['handler'], './historic.js'),
    '',
    `const { rowToMessageBody, itemIdOf${isDaily ? ', queryInventory, nextChunk' : ''} } = handler.pipeline;`,
    `const KEY = ${literal(dataset.key)};`,
    '',
    "test('a row becomes a message, and the message its granule', () => {",
    "const body = rowToMessageBody({ key: KEY }) ?? 'skipped';",
    "expect(body).not.toBe('skipped');",
    'const { messages } = parseBody(body);',
    'const granules = messages.map((message) => app.pipeline.parseMessage(message));',
    '',
    'expect(granules).toEqual([{ href: `${BUCKET_HREF}/${KEY}` }]);',
    `expect(granules.map((granule) => parseHref(granule?.href ?? '').id)).toEqual([${literal(dataset.granuleId)}]);`,
    `expect(itemIdOf?.({ key: KEY })).toBe(${literal(dataset.granuleId)});`,
    '});',
    '',
    `test.each([undefined, '', 'no/such/granule.txt'${othersOf(dataset)}])('a row with the key %s is skipped', (key) => {`,
    'expect(rowToMessageBody({ key })).toBeUndefined();',
    '});',
    ...(isDaily ? dailyTests(dataset) : []),
    '',
  );
}

/** Code of keys beside the example that are not of the dataset. A pattern that has no ending matches longer keys too. */
function othersOf({ key, pattern }: Dataset): string {
  const expression = new RegExp(pattern);
  const others = { '`x/${KEY}`': `x/${key}`, '`${KEY}.md5`': `${key}.md5` };
  return Object.entries(others)
    .filter(([, other]) => !expression.test(other))
    .map(([code]) => `, ${code}`)
    .join('');
}

function dailyTests(dataset: Dataset): readonly string[] {
  const day = datetimeOf(dataset).slice(0, 10);
  return [
    '',
    "test('a chunk selects the keys of its day', () => {",
    `expect(queryInventory({ chunk: ${literal(day)} })).toContain(${literal(dayText(dataset))});`,
    '});',
    '',
    "test('the days go on until the day before the report', () => {",
    "expect(nextChunk('2023-12-31', { inventoryDate: '2024-01-02' })).toBe('2024-01-01');",
    "expect(nextChunk('2024-01-01', { inventoryDate: '2024-01-02' })).toBeUndefined();",
    '});',
  ];
}

/** The part of the example key up to the day, without the time. */
function dayText({ day }: Dataset): string {
  const tokens = day?.tokens ?? [];
  const last = tokens.findIndex(
    (token) => 'group' in token && (token.group === 'day' || token.group === 'ordinal'),
  );
  return tokens
    .slice(0, last + 1)
    .map(({ text }) => text)
    .join('')
    .replaceAll("'", "''");
}
