import { expect, test } from '@jest/globals';
import { tryParseJson } from '../../../lambdas/runtime/json.js';

test('a JSON text is parsed, any other text is undefined', () => {
  expect(['{"a":[1]}', 'null', '{', ''].map(tryParseJson)).toEqual([
    ...[{ a: [1] }, null, undefined, undefined],
  ]);
});
