import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { stackTypes } from '../../../cli/doctor/stack-types.js';
import { readPipelineConfig } from '../../../modules/config/config.js';

test('the types of a stack with everything are those that it has', () => {
  const addresses = readFileSync('test/fixtures/addresses.txt', 'utf8').trim().split('\n');
  const types = new Set(addresses.map((address) => address.split('.')[0]));

  const found = new Set(stackTypes(readPipelineConfig('test/fixtures/pipelines/waves')));

  expect([...types].filter((type) => !found.has(type ?? ''))).toEqual([]);
});
