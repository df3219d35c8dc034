import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { chooseCli, isCdktfBuilt } from '../../../cli/shared/cdktf-cli.js';

const choose = (node: string, { wanted = '', built = true } = {}) =>
  chooseCli({ wanted, node, isBuilt: () => built });

describe('the CLI that runs', () => {
  test.each([
    ['20.19.0', true, 'cdktf'],
    ['22.19.0', true, 'cdktf'],
    ['22.1.0', true, 'cdktf'],
    ['22.19.0', false, 'cdktn'],
    ['23.0.0', false, 'cdktn'],
    ['24.0.0', true, 'cdktn'],
    ['26.1.0', false, 'cdktn'],
  ])('on Node %s (built: %s) is %s', (node, built, name) => {
    const { name: chosen, program } = choose(node, { built });

    expect(chosen).toBe(name);
    expect(existsSync(program)).toBe(true);
  });

  test.each([
    ['22.20.0', 'cdktf', 'cdktf'],
    ['22.20.0', 'cdktn', 'cdktn'],
    ['24.1.0', 'cdktn', 'cdktn'],
  ])('on Node %s with CDK_CLI=%s is that', (node, wanted, name) => {
    expect(choose(node, { wanted }).name).toBe(name);
  });
});

describe('if there is none, the error says what to do', () => {
  test.each([
    [
      '20.19.0',
      { built: false },
      'cdktf-cli is not built for Node 20.19.0: run npm rebuild @cdktf',
    ],
    ['22.18.0', { built: false }, 'or use Node 22.19 or later'],
    ['22.18.0', { wanted: 'cdktn' }, 'cdktn-cli needs Node 22.19 or later (this is 22.18.0)'],
    ['24.0.0', { wanted: 'cdktf' }, 'cdktf-cli does not run on Node 24.0.0: unset CDK_CLI'],
    ['22.20.0', { wanted: 'cdk' }, 'CDK_CLI must be cdktf or cdktn (given "cdk")'],
  ])('on Node %s with %j', (node, options, message) => {
    expect(() => choose(node, options)).toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(message) }),
    );
  });
});

test('the native module of cdktf-cli is tried without an error', () => {
  expect(typeof isCdktfBuilt()).toBe('boolean');
});
