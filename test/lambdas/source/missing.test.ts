import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { ReadError } from '../../../lambdas/runtime/errors.js';
import { isMissingFile } from '../../../lambdas/source/missing.js';
import { memorySource } from '../../kit/memory-source.js';

const HREF = 's3://bucket/quality.xml';

test('a file that does not exist is missing', async () => {
  const error: unknown = await memorySource({})
    .read(HREF)
    .catch((thrown: unknown) => thrown);

  expect(isMissingFile(error)).toBe(true);
});

test('so is one whose error is of the class of another bundle', () => {
  expect(
    isMissingFile(runInNewContext("Object.assign(new Error('gone'), { missing: true })")),
  ).toBe(true);
});

test.each([
  new ReadError('refused', { href: HREF, kind: 'transient' }),
  new Error('gone'),
  { missing: true },
  undefined,
])('%p is not a missing file', (error) => {
  expect(isMissingFile(error)).toBe(false);
});
