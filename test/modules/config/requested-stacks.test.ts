import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { refuseUnknownStacks, stacksIn } from '../../../modules/config/requested-stacks.js';

const PROGRAM = '/opt/project/node_modules/.bin/cdktf';

describe('stacksIn', () => {
  test.each([
    [
      ['node', PROGRAM, 'deploy', 'waves', 'winds', ''],
      ['waves', 'winds'],
    ],
    [['node', PROGRAM, 'deploy', 'waves', '--parallelism', '1', ''], ['waves']],
    [['node', '--no-warnings', '/x/bundle/bin/cdktf.js', 'diff', ''], []],
    [['node', PROGRAM, 'list'], []],
    [['node', PROGRAM, 'output', 'waves', ''], ['waves']],
    [['node', PROGRAM, 'outputs', 'waves', ''], ['waves']],
    [['node', PROGRAM, 'watch', 'waves', '--auto-approve', ''], ['waves']],
  ])('finds what cdktf was asked for: %j', (words, stacks) => {
    expect(stacksIn(words)).toEqual(stacks);
  });

  test.each([
    [['/bin/sh', '-c', 'node --import tsx main.ts', '']],
    [['node', 'cli/cdktf.ts', 'deploy', 'waves', '']],
    [['node', PROGRAM, 'get', 'waves', '']],
    [['vi', '/home/me/cdktf', '']],
    [['']],
  ])('finds nothing in another program: %j', (words) => {
    expect(stacksIn(words)).toBeUndefined();
  });
});

describe('refuseUnknownStacks', () => {
  const root = mkdtempSync(join(tmpdir(), 'requested-'));
  for (const id of ['waves', 'winds']) {
    mkdirSync(join(root, 'pipelines', id), { recursive: true });
    writeFileSync(join(root, 'pipelines', id, 'config.yaml'), '');
  }

  test('lists the pipelines where a name is of none of them', () => {
    const refuse = () => {
      refuseUnknownStacks(root, ['waves', 'wavs', 'nope']);
    };
    expect(refuse).toThrow(/^There is no pipeline wavs\. .*pipelines holds waves, winds\.$/m);
    expect(refuse).toThrow(/^There is no pipeline nope\. /m);
  });

  test('leaves patterns to cdktf', () => {
    expect(() => {
      refuseUnknownStacks(root, ['wav*', 'winds']);
    }).not.toThrow();
  });

  test('has nothing to refuse where cdktf does not run the program', () => {
    expect(() => {
      refuseUnknownStacks(root);
    }).not.toThrow();
  });
});
