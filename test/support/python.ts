import { spawnSync } from 'node:child_process';
import { test } from '@jest/globals';

/** The interpreter that tests use; undefined if this machine has no Python 3.11 or later. */
export const PYTHON = ['python3', 'python3.11', 'python3.12', 'python3.13'].find(isNewEnough);

/** A test that needs Python 3.11 or later, and says in its title that it is skipped without it. */
export const withPython = PYTHON === undefined ? test.skip : test;

function isNewEnough(executable: string): boolean {
  const check = 'import sys; sys.exit(sys.version_info < (3, 11))';
  return spawnSync(executable, ['-c', check]).status === 0;
}
