import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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

  test('[N25] prints the problems of the code with those of the configs, as path:line:column', async () => {
    const root = project(yamlOf({ batch_size: '0' }));
    const waves = join(root, 'pipelines/waves');
    writeFileSync(join(waves, 'app.ts'), '\nexport default () => undefined;\n');
    writeFileSync(join(waves, 'collection.ts'), 'export const handler = {};\n');
    writeFileSync(join(waves, 'historic.ts'), 'export const handler = () => undefined;\n');

    const { code, stdout, stderr } = await check(root, { PROJECT: 'stac' });

    expect({ code, stdout, lines: stderr.trim().split('\n') }).toEqual({
      code: 1,
      stdout: '',
      lines: [
        expect.stringMatching(/^pipelines\/waves\/config\.yaml:5:13 batch_size: /),
        expect.stringMatching(/^pipelines\/waves\/app\.ts:2:1 exports no handler/),
        expect.stringMatching(/^pipelines\/waves\/collection\.ts:1:1 handler is not a function/),
      ],
    });
    writeFileSync(join(waves, 'config.yaml'), yamlOf({}));
    expect((await check(root, { PROJECT: 'stac' })).stderr).toContain(
      'pipelines/waves/historic.ts:1:1 historic.ts has nothing to read',
    );
  });

  test('names two pipelines with one Collection, also if only one of them is checked', async () => {
    const root = project(yamlOf({}));
    const waves = join(root, 'pipelines/waves');
    symlinkSync(resolve('lambdas'), join(root, 'lambdas'));
    writeFileSync(join(waves, 'collection.json'), '{"type": "Collection", "id": "waves"}');
    rmSync(join(waves, 'collection.ts'));
    cpSync(waves, join(root, 'pipelines/tides'), { recursive: true });
    const yaml = join(root, 'pipelines/tides/config.yaml');
    writeFileSync(yaml, readFileSync(yaml, 'utf8').replace('id: waves', 'id: tides'));

    for (const [words, at, other] of [
      [[], 'waves', 'tides'],
      [['tides'], 'tides', 'waves'],
    ] as const) {
      const { code, stderr } = await check(root, { PROJECT: 'stac' }, ...words);
      expect({ code, lines: stderr.trim().split('\n') }).toEqual({
        code: 1,
        lines: [expect.stringContaining('replace each other')],
      });
      expect(stderr).toMatch(new RegExp(`^pipelines/${at}/.*:1:1 .*in pipelines/${other}/`));
    }
  });

  test('[N25] prints where code cannot be read', async () => {
    const root = project(yamlOf({}));
    writeFileSync(join(root, 'pipelines/waves/app.ts'), 'export const = 1;\n');

    expect(await check(root, { PROJECT: 'stac' })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'pipelines/waves/app.ts:1:14: Expected identifier but found "="\n',
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
