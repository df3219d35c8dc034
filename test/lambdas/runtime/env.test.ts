import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { numberEnv, optionalEnv, requiredEnv } from '../../../lambdas/runtime/env.js';
import { ConfigurationError } from '../../../lambdas/runtime/errors.js';

let before: NodeJS.ProcessEnv;

beforeEach(() => {
  before = process.env;
  process.env = { FULL: 'x', EMPTY: '', NUMBER: '12', ZERO: '0' };
});

afterEach(() => {
  process.env = before;
});

test('an empty variable counts as unset', () => {
  expect([requiredEnv('FULL'), optionalEnv('FULL')]).toEqual(['x', 'x']);
  expect([optionalEnv('EMPTY'), optionalEnv('UNSET')]).toEqual([undefined, undefined]);
});

test.each(['EMPTY', 'UNSET'])(
  'a required variable that is %s is an error with its name',
  (name) => {
    expect(() => requiredEnv(name)).toThrow(ConfigurationError);
    expect(() => requiredEnv(name)).toThrow(
      `environment variable ${name} is not set: the stack sets it, so deploy the pipeline again`,
    );
  },
);

test('a number is a whole number, or the fallback if it is unset', () => {
  expect([numberEnv('NUMBER', 5), numberEnv('ZERO', 5)]).toEqual([12, 0]);
  expect([numberEnv('UNSET', 5), numberEnv('EMPTY', 0)]).toEqual([5, 0]);
});

test.each(['1.5', '-1', '12s', 'x12', '1e3', ' '])("'%s' is not a number", (value) => {
  process.env['NUMBER'] = value;

  expect(() => numberEnv('NUMBER', 5)).toThrow(ConfigurationError);
  expect(() => numberEnv('NUMBER', 5)).toThrow(
    `environment variable NUMBER is not a whole number (given '${value}')`,
  );
});
