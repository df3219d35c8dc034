import { execFile } from 'node:child_process';
import { mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pipelineFolder, yamlOf } from '../../support/stacks/config-folder.js';

const TSX = resolve('node_modules/tsx/dist/cli.mjs');
const SCRIPT = resolve('cli/check-config.ts');

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project with the one pipeline waves; returns the folder that holds pipelines/. */
function project(yaml: string): string {
  const root = mkdtempSync(join(tmpdir(), 'project-'));
  renameSync(dirname(pipelineFolder(yaml)), join(root, 'pipelines'));
  return root;
}

function check(cwd: string, env: Record<string, string>, ...args: string[]): Promise<Outcome> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [TSX, SCRIPT, ...args],
      { cwd, env: { ...process.env, PROJECT: '', ...env } },
      (error, stdout, stderr) => {
        done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
  });
}

describe('check-config', () => {
  test('says nothing when PROJECT and every config are sound', async () => {
    expect(await check(project(yamlOf({})), { PROJECT: 'stac' })).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  test('prints every problem of PROJECT and of all configs, by their paths, and fails', async () => {
    const { code, stdout, stderr } = await check(
      project(yamlOf({ sns: 'none', batch_size: '0' })),
      {},
    );

    expect({ code, stdout, lines: stderr.trim().split('\n') }).toEqual({
      code: 1,
      stdout: '',
      lines: [
        expect.stringMatching(/^PROJECT is not set: /),
        'pipelines/waves/config.yaml:5:6 sns: must be an ARN: arn:partition:service:region:account:resource (given none)',
        'pipelines/waves/config.yaml:6:13 batch_size: must be a whole number of messages from 1 to 1000 (given 0)',
      ],
    });
  });

  test('lists the pipelines that exist when it is asked for another one', async () => {
    expect(await check(project(yamlOf({})), { PROJECT: 'stac' }, 'wavs')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'check-config: unknown pipeline "wavs" (known: waves). Run "npm run check-config -- --help" for usage.\n',
    });
  });
});
