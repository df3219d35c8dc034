import { expect, test } from '@jest/globals';
import { tryParseJson } from '../../../lambdas/runtime/json.js';

test('a JSON text is its value, and another text is none', () => {
  expect(['{"a":[1]}', 'null', '{', ''].map(tryParseJson)).toEqual([
    ...[{ a: [1] }, null, undefined, undefined],
  ]);
});
