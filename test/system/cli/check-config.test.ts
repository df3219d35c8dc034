import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
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
import { runCli } from '../../support/cli/run-cli.js';
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

  describe('with environments', () => {
    const BARE = 'id: waves\ncompute: awslambda\n';
    const target = (name: string) =>
      `ingestor_url: https://${name}.example.com\nsecret_arn: arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}-AbCdEf\n`;

    function withEnvironments(yaml: string, environments: Readonly<Record<string, string>>) {
      const root = project(yaml);
      mkdirSync(join(root, 'environments'));
      for (const [name, text] of Object.entries(environments))
        writeFileSync(join(root, 'environments', name), text);
      return root;
    }

    test('checks config.yaml with each of them, without PROJECT', async () => {
      const sound = { 'dev.yaml': target('dev'), 'prod.yaml': target('prod') };
      const wrong = {
        'dev.yaml': 'memory_mb: 512\n',
        'prod.yaml': `${target('prod')}timeout_seconds: 9000\n`,
        'Old.yaml': 'memory_mb: 512\n',
      };

      expect(await check(withEnvironments(BARE, sound), {})).toEqual({
        code: 0,
        stdout: '',
        stderr: '',
      });
      const { code, stderr } = await check(withEnvironments(`${BARE}batch_size: 0\n`, wrong), {});
      expect({ code, lines: stderr.trim().split('\n').toSorted() }).toEqual({
        code: 1,
        lines: [
          expect.stringMatching(/^environments\/Old\.yaml is the file of no environment/),
          expect.stringMatching(/^environments\/prod\.yaml:3:18 timeout_seconds: must be/),
          expect.stringMatching(
            /^pipelines\/waves\/config\.yaml:1:1 ingestor_url: .*environments\/dev/,
          ),
          expect.stringMatching(
            /^pipelines\/waves\/config\.yaml:1:1 secret_arn: .*environments\/dev/,
          ),
          expect.stringMatching(/^pipelines\/waves\/config\.yaml:3:13 batch_size: must be/),
        ],
      });
    });

    test('checks PROJECT, too, if it has no file', async () => {
      const root = withEnvironments(BARE, { 'dev.yaml': target('dev') });

      const { code, stderr } = await check(root, { PROJECT: 'other' });

      expect(code).toBe(1);
      expect(stderr).toMatch(/ingestor_url: .*\(nor is there environments\/other\.yaml/);
    });

    test('allows a historic.ts for an inventory that only one of them has', async () => {
      const inventory =
        'pipelines: { waves: { inventory_location: s3://reports/daily/waves/all, historic_frequency: 0 } }\n';
      const root = withEnvironments(yamlOf({}), {
        'dev.yaml': 'memory_mb: 512\n',
        'prod.yaml': inventory,
      });
      writeFileSync(join(root, 'pipelines/waves/historic.ts'), 'export const handler = () => 1;\n');

      expect(await check(root, {})).toEqual({ code: 0, stdout: '', stderr: '' });
    });

    test('npm run config prints the values of PROJECT with their places', async () => {
      const root = withEnvironments(BARE, {
        'dev.yaml': target('dev'),
        'prod.yaml': target('prod'),
      });
      const config = (PROJECT: string, ...words: string[]) =>
        runCli('config', words, { cwd: root, env: { PROJECT } });

      const text = await config('prod', 'waves');
      const json = await config('prod', 'waves', '--json');
      const none = await config('', 'waves', '--json');
      const unknown = await config('prod', 'wavs');

      expect(text).toMatchObject({ code: 0, stderr: '' });
      expect(text.stdout).toMatch(
        /^key +value +origin\nid +waves +pipelines\/waves\/config\.yaml:1\n/,
      );
      expect(text.stdout).toMatch(/\nregion +eu-west-1 +default\n/);
      expect(JSON.parse(json.stdout)).toMatchObject({
        ingestor_url: { value: 'https://prod.example.com', origin: 'environments/prod.yaml:1' },
        memory_mb: { value: 512, origin: 'default' },
      });
      expect(JSON.parse(none.stdout)).toMatchObject({
        ingestor_url: { origin: 'environments/dev.yaml:1' },
      });
      expect(none.stderr).toMatch(
        /keys that config\.yaml lacks are those of environments\/dev\.yaml/,
      );
      expect(unknown).toMatchObject({ code: 2, stdout: '' });
    });
  });
});
