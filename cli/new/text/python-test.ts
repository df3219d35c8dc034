import type { Dataset } from '../dataset.js';
import { importOf, lines, literal } from './code.js';
import { messageTextOf } from './sample.js';
import { bodyOf } from './tests.js';

/** Returns granule.test.ts of a pipeline in Python: a row becomes a message, and the message the granule. */
export function pythonTest(dataset: Dataset): string {
  const { message, inventory, topic } = dataset;
  const isRow = inventory !== 'none';
  const parser = message === undefined ? 'parseKeyMessage' : 'handler.pipeline.parseMessage';
  // A message that has the key is written out.
  const usesKey = message === undefined || isRow;
  return lines(
    "import { expect, test } from '@jest/globals';",
    importOf(['useKeyVariables'], '../../cli/python/variables.js'),
    importOf(['parseBody'], '../../lambdas/granule/message.js'),
    message === undefined && importOf(['parseKeyMessage'], '../../lambdas/python/keys.js'),
    isRow && importOf(['KEY_ROWS'], '../../lambdas/python/rows.js'),
    importOf(['readLocalConfig'], '../../modules/config/environment/local.js'),
    importOf(
      [
        message === undefined && topic !== undefined && 's3Event',
        topic !== undefined && 'snsEnvelope',
      ],
      '../../test/kit/records.js',
    ),
    message !== undefined && importOf(['handler'], './app.js'),
    '',
    usesKey && `const KEY = ${literal(dataset.key)};`,
    `const HREF = ${literal(`s3://${dataset.bucket}/${dataset.key}`)};`,
    message && `const MESSAGE = ${messageTextOf(dataset)};`,
    '',
    'useKeyVariables(readLocalConfig(import.meta.dirname).config);',
    '',
    'function granulesOf(body: string) {',
    `return parseBody(body).messages.map((message) => ${parser}(message));`,
    '}',
    '',
    `test('${topic === undefined ? 'a key' : 'a message of the topic'} names its granule', () => {`,
    `const body = ${bodyOf(dataset)};`,
    '',
    topic === undefined
      ? 'expect(granulesOf(body)).toEqual([{ href: HREF }]);'
      : 'expect(granulesOf(JSON.stringify(body))).toEqual([{ href: HREF }]);',
    '});',
    ...(isRow
      ? [
          '',
          "test('a row becomes a message, and the message its granule', () => {",
          "expect(granulesOf(KEY_ROWS.rowToMessageBody({ key: KEY }) ?? '')).toEqual([{ href: HREF }]);",
          `expect(KEY_ROWS.itemIdOf?.({ key: KEY })).toBe(${literal(dataset.granuleId)});`,
          "expect(KEY_ROWS.rowToMessageBody({ key: 'no/such/granule.txt' })).toBeUndefined();",
          '});',
        ]
      : []),
    '',
  );
}
