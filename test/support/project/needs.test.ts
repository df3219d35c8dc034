import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { writeFiles } from '../cli/project-root.js';
import { neededBy, withoutDeleted } from './needs.js';

let root: string;
let said: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'needs-'));
  said = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});

afterEach(() => {
  jest.restoreAllMocks();
});

test('test files that need a deleted pipeline are left out, with the reason', () => {
  writeFiles(root, {
    'test/system/a.test.ts': '// Needs pipelines/tides.\n',
    'test/system/deep/b.test.ts': 'import x;\n\n// Needs pipelines/waves and pipelines/tides.\n',
    'test/system/c.test.ts': '// Needs pipelines/waves.\n',
    'test/system/d.test.ts': 'const text = "// Needs pipelines/tides.";\n',
    'pipelines/waves/config.yaml': 'id: waves\n',
    'test/system/helper.ts': '// Needs pipelines/tides.\n',
  });
  // Git leaves a deleted folder that has ignored files.
  mkdirSync(join(root, 'pipelines/tides/node_modules'), { recursive: true });

  expect(withoutDeleted('test/system', root)).toEqual([
    '<rootDir>/test/system/a\\.test\\.ts$',
    '<rootDir>/test/system/deep/b\\.test\\.ts$',
  ]);
  expect(said).toEqual([
    'skipped without pipelines/tides: test/system/a.test.ts\n',
    'skipped without pipelines/tides: test/system/deep/b.test.ts\n',
  ]);
});

test('a file may need several pipelines', () => {
  expect(neededBy('// Needs pipelines/a, pipelines/b and pipelines/c.\n')).toEqual([
    'pipelines/a',
    'pipelines/b',
    'pipelines/c',
  ]);
  expect(neededBy('// needs nothing\n')).toEqual([]);
});
