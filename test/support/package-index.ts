import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '@jest/globals';
import { PYTHON } from './python.js';

/** A test that needs Python 3.11 or later and a package index, and says in its title that it is skipped without them. */
export const withPackageIndex = reachesIndex() ? test : test.skip;

function reachesIndex(): boolean {
  if (PYTHON === undefined) return false;
  const target = ['--dest', join(tmpdir(), 'stac-pipelines-index')];
  const words = ['download', '--no-deps', '--retries', '0', '--timeout', '20', 'six==1.17.0'];
  return spawnSync(PYTHON, ['-m', 'pip', ...words, ...target]).status === 0;
}
