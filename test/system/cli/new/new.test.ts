import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { filesOf } from '../../../../cli/new/files.js';
import { projectRoot, writeFiles } from '../../../support/cli/project-root.js';
import { runCli, type CliResult } from '../../../support/cli/run-cli.js';
import { pairwiseDatasets } from '../../../support/new/datasets.js';
import { withPackageIndex } from '../../../support/package-index.js';

const TIMEOUT_MS = 400_000;
const TOOL_MS = 380_000;

let root: string;

/** A project without a pipeline, in which the tools of this one run. */
function emptyProject(): string {
  const folder = projectRoot();
  rmSync(join(folder, 'pipelines/waves'), { recursive: true });
  for (const name of ['test', 'cli']) symlinkSync(resolve(name), join(folder, name));
  for (const name of ['jest.config.js', 'eslint.config.js', '.prettierrc.json', '.prettierignore'])
    copyFileSync(name, join(folder, name));
  return folder;
}

beforeAll(() => {
  root = emptyProject();
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function runTool(name: string, ...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [resolve('node_modules', name), ...words],
    {
      cwd: root,
      encoding: 'utf8',
      timeout: TOOL_MS,
      env: { ...process.env, NODE_OPTIONS: '--experimental-vm-modules --no-warnings' },
    },
  );
  return { code: status, output: stdout + stderr };
}

/** The tools take a second or more for each pipeline; test/cli/new/pairs.test.ts loads and runs all of them. */
function everyNth(step: number): readonly string[] {
  return readdirSync(join(root, 'pipelines')).filter((_, index) => index % step === 0);
}

describe('what is written for every pair of answers', () => {
  beforeAll(async () => {
    for (const { id, dataset } of await pairwiseDatasets()) {
      const files = await filesOf(dataset);
      for (const [path, content] of Object.entries({
        ...files,
        ...(dataset.python && { 'requirements.txt': '' }),
      })) {
        mkdirSync(join(root, 'pipelines', id, path, '..'), { recursive: true });
        writeFileSync(join(root, 'pipelines', id, path), content);
      }
    }
    const compilerOptions = { incremental: false, tsBuildInfoFile: null };
    writeFiles(root, {
      'tsconfig.json': JSON.stringify({
        ...(JSON.parse(readFileSync('tsconfig.json', 'utf8')) as object),
        include: ['pipelines'],
      }),
      'tsconfig.pipelines.json': JSON.stringify({ extends: './tsconfig.json', compilerOptions }),
    });
  }, TIMEOUT_MS);

  test(
    'passes the type checker',
    () => {
      const checked = runTool('typescript/bin/tsc', '--project', 'tsconfig.pipelines.json');

      expect(checked).toEqual({ code: 0, output: '' });
    },
    TIMEOUT_MS,
  );

  test(
    'is formatted',
    () => {
      expect(runTool('prettier/bin/prettier.cjs', '--check', 'pipelines')).toMatchObject({
        code: 0,
      });
    },
    TIMEOUT_MS,
  );

  test(
    'passes the linter, as far as every sixth shows',
    () => {
      const folders = everyNth(6);
      const linted = runTool(
        'eslint/bin/eslint.js',
        ...folders.map((id) => join('pipelines', id)),
        '--max-warnings',
        '0',
      );

      expect(linted).toEqual({ code: 0, output: '' });
    },
    TIMEOUT_MS,
  );

  test(
    'passes its own tests, as far as every fourth shows',
    () => {
      const folders = everyNth(4).map((id) => `pipelines/${id}/`);
      const tested = runTool('jest/bin/jest.js', '--silent', ...folders);

      expect(tested.output).toMatch(/^Tests: +\d+ passed, \d+ total$/m);
      expect(tested.code).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'runs on its sample, as far as three show',
    async () => {
      const written = everyNth(1).filter((id) =>
        existsSync(join(root, 'pipelines', id, 'item.ts')),
      );
      for (const id of written.filter((_, index) => index % 20 === 0)) {
        const { code, stdout, stderr } = await runCli('local', [id], { cwd: root });
        expect({ id, code, stderr, stdout }).toMatchObject({
          id,
          code: 0,
          stdout: expect.stringMatching(/^made ([12]), posted \1\n/),
        });
      }
    },
    TIMEOUT_MS,
  );
});

describe('npm run new', () => {
  test(
    'with --yes alone writes a pipeline, says what is made up, runs it, and prints three commands',
    async () => {
      const { code, stdout, stderr } = await runCli('new', ['my_dataset', '--yes'], { cwd: root });

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(
        /^wrote pipelines\/my_dataset\/: app.test.ts, app.ts, collection.ts, config.yaml, /,
      );
      expect(stdout).toContain('made up');
      expect(stdout).toContain('  --key data/2024/05/01/my-dataset-20240501-001.tif\n');
      expect(stdout).toMatch(/^my_dataset: \d+ passed, \d+ total/m);
      expect(stdout).toContain('my_dataset: made 2, posted 2, failed 0;');
      const [, next = ''] = stdout.split('Next:\n');
      const commands = next
        .trim()
        .split('\n')
        .map((line) => line.replace(/ {2}#.*$/, '').trim());
      expect(commands).toEqual([
        'npm run local -- my_dataset',
        'PIPELINE=my_dataset npm test',
        'PROJECT=demo npm run doctor -- my_dataset',
      ]);
      expect(await runCli('check-config', ['my_dataset'], { cwd: root })).toMatchObject({
        code: 0,
      });
      expect(
        await runCli('new', ['other', '--yes', '--collection-id', 'my-dataset'], { cwd: root }),
      ).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(
          /pipelines\/my_dataset has it: it and pipelines\/other would/,
        ),
      });
    },
    TIMEOUT_MS,
  );

  test(
    'never overwrites, and asks nothing without a terminal',
    async () => {
      mkdirSync(join(root, 'pipelines/mine'), { recursive: true });

      expect(await runCli('new', ['mine', '--yes'], { cwd: root })).toEqual({
        code: 1,
        stdout: '',
        stderr: 'new: pipelines/mine exists already, and is never overwritten: choose another id\n',
      });
      expect(await runCli('new', ['other', '--key', 'a/b-1.nc'], { cwd: root })).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(
          /^new: there is no terminal to ask at: pass --messages <form>, --granule-id/,
        ),
      });
      expect(await runCli('new', ['Other-1', '--yes'], { cwd: root })).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('such as other_1 (given "Other-1")'),
      });
      expect(readdirSync(join(root, 'pipelines/mine'))).toEqual([]);
      expect(existsSync(join(root, 'pipelines/other'))).toBe(false);
    },
    TIMEOUT_MS,
  );
});

describe('npm run new for a package in Python', () => {
  const names = Object.keys(process.env).filter((name) => /^(?:PIP_|UV_|SSL_|PYENV_)/.test(name));
  const env = Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
  const create = (...words: readonly string[]): Promise<CliResult> =>
    runCli('new', ['snakes', '--yes', '--inventory', 'once', ...words], { cwd: root, env });
  const left = (): readonly string[] => [
    ...readdirSync(join(root, 'pipelines')).filter((id) => id === 'snakes'),
    ...readdirSync(join(root, '.generated')).filter((name) => name.startsWith('new-')),
  ];

  withPackageIndex(
    'locks its packages and imports the function, or leaves nothing',
    async () => {
      const wrong = await create('--python', 'six.nothing:create_item');
      expect(wrong).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/has the module six.nothing[^]*Nothing was written/),
      });
      expect(left()).toEqual([]);

      const right = await create('--python', 'six:ensure_str');
      expect({ code: right.code, stderr: right.stderr }).toEqual({ code: 0, stderr: '' });
      expect(right.stdout).toContain('wrote pipelines/snakes/requirements.txt with 1 package\n');
      expect(right.stdout).toMatch(/^snakes: \d+ passed/m);
      expect(right.stdout).toContain('once a small granule is pipelines/snakes/sample/bucket/');
      expect(existsSync(join(root, 'pipelines/snakes/sample'))).toBe(false);
      expect(left()).toEqual(['snakes']);
      rmSync(join(root, 'pipelines/snakes'), { recursive: true });
    },
    TIMEOUT_MS,
  );

  test(
    'can lock later',
    async () => {
      const { code, stdout } = await create('--python', 'six:ensure_str', '--no-lock');

      expect(code).toBe(0);
      expect(stdout).toContain('Next:\n  npm run lock -- snakes ');
      expect(existsSync(join(root, 'pipelines/snakes/requirements.in'))).toBe(true);
      rmSync(join(root, 'pipelines/snakes'), { recursive: true });
    },
    TIMEOUT_MS,
  );

  test(
    'leaves nothing after Ctrl-C',
    async () => {
      const bin = mkdtempSync(join(tmpdir(), 'uv-'));
      const mark = join(bin, 'called');
      // A uv that does not end by itself.
      const script = `#!/bin/sh\n[ "$1" = --version ] && { echo "uv 0.9.0"; exit 0; }\ntouch ${mark}\nexec sleep 60\n`;
      writeFileSync(join(bin, 'uv'), script);
      chmodSync(join(bin, 'uv'), 0o755);
      const PATH = `${bin}${delimiter}${process.env['PATH'] ?? ''}`;
      const { code, stderr } = await runCli(
        'new',
        ['snakes', '--yes', '--python', 'six:ensure_str'],
        {
          cwd: root,
          env: { ...env, PATH },
          onStart: (child) => {
            const timer = setInterval(() => {
              if (!existsSync(mark)) return;
              clearInterval(timer);
              child.kill('SIGINT');
            }, 50);
          },
        },
      );

      expect({ code, stderr }).toEqual({
        code: 130,
        stderr: '\ninterrupted: nothing was written\n',
      });
      expect(left()).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
