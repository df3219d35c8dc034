import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { MODULE_NAMES } from '../../../modules/terraform/generate/names.js';
import { runCli } from '../../support/cli/run-cli.js';

const TIMEOUT_MS = 120_000;

function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'modules-'));
}

test(
  'the named modules are written where one says',
  async () => {
    const out = emptyFolder();

    const { code, stderr } = await runCli('modules', ['alarms', '--out', out]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(out)).toEqual(['alarms']);
    expect(existsSync(join(out, 'alarms', 'main.tf.json'))).toBe(true);
  },
  TIMEOUT_MS,
);

test(
  'an unknown module writes nothing, and the known ones are listed',
  async () => {
    const out = emptyFolder();

    const { code, stdout, stderr } = await runCli('modules', ['alarms', 'queue', '--out', out]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      `modules: unknown module "queue" (known: ${MODULE_NAMES.join(', ')}). Run "npm run modules -- --help" for usage.\n`,
    );
    expect(readdirSync(out)).toEqual([]);
  },
  TIMEOUT_MS,
);
