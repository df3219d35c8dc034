import { expect, test } from '@jest/globals';
import { parseBody } from '../../lambdas/granule/message.js';
import { parseMessage } from './granule-message.js';
import { granulesIn, SAMPLE } from '../../test/bench/cost/granules.js';

test('batches of notifications name as many granules as they have messages', () => {
  const { batch } = granulesIn(SAMPLE);
  const records = [0, 1].flatMap((index) => batch(index, 10).Records);
  const granules = records.flatMap(({ body }) => parseBody(body).messages.map(parseMessage));

  expect(new Set(granules.map((granule) => granule?.href)).size).toBe(20);
  expect(granules.every((granule) => granule?.filenameMap !== undefined)).toBe(true);
});
