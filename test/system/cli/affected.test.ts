import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { PYTHON, yamlOf } from '../../support/stacks/config-folder.js';
import { commitAll, git, gitProject, writeFiles } from '../../support/cli/project-root.js';
import { runCli } from '../../support/cli/run-cli.js';

const TIMEOUT_MS = 120_000;

/** Two pipelines, one of which shares code with lambdas/. */
const PIPELINES = {
  'pipelines/waves/config.yaml': yamlOf({ id: 'waves' }),
  'pipelines/waves/app.ts': "export { excerpt as handler } from '../../lambdas/runtime/text.js';\n",
  'pipelines/waves/collection.ts': 'export const handler = () => 1;\n',
  'pipelines/tides/config.yaml': yamlOf({ id: 'tides', verify_ingestion: 'false' }),
  'pipelines/tides/app.ts': 'export const handler = () => 2;\n',
  'pipelines/tides/collection.ts': 'export const handler = () => 3;\n',
  'package-lock.json': '{}\n',
  '.terraform.lock.hcl': readFileSync('.terraform.lock.hcl', 'utf8'),
};

const root = gitProject(PIPELINES);

beforeEach(() => {
  git(root, 'checkout', '--quiet', '--force', '.');
  git(root, 'clean', '--quiet', '--force', '-d');
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function affected(args: readonly string[] = ['--base', 'HEAD'], env = {}) {
  return runCli('affected', args, { cwd: root, env: { PROJECT: '', ...env } });
}

function change(path: string, from: string, to: string): void {
  const text = readFileSync(join(root, path), 'utf8');
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  writeFileSync(join(root, path), changed);
}

describe('what a change affects', () => {
  test(
    'is nothing if neither stack nor code differs',
    async () => {
      change('lambdas/runtime/text.ts', ' * Shortens a text', ' * Shortens any text');
      writeFiles(root, {
        'README.md': 'new',
        'test/x.test.ts': 'new',
        'pipelines/waves/x.test.ts': 'new',
      });

      expect(await affected()).toEqual({ code: 0, stdout: '', stderr: '' });
    },
    TIMEOUT_MS,
  );

  test.each([
    [
      'the config of one pipeline',
      'pipelines/tides/config.yaml',
      'https://ingestor',
      'https://other',
      'tides\n',
    ],
    ['the code of one pipeline', 'pipelines/tides/app.ts', '2', '4', 'tides\n'],
    [
      'code that only one pipeline bundles',
      'lambdas/runtime/text.ts',
      'EXCERPT_CHARACTERS = 200',
      'EXCERPT_CHARACTERS = 201',
      'waves\n',
    ],
    [
      'code that no pipeline bundles',
      'lambdas/backfill/cursor.ts',
      'export',
      'console.log(1);\nexport',
      '',
    ],
    [
      'the version of the provider',
      '.terraform.lock.hcl',
      '"5.100.0"',
      '"6.0.0"',
      'tides\nwaves\n',
    ],
    ['a checksum of the provider', '.terraform.lock.hcl', '"h1:', '"h1:1', ''],
    ['every stack', 'modules/config/providers.ts', "'>= 1.11'", "'>= 1.12'", 'tides\nwaves\n'],
  ])(
    'depends on the stack and the bundles: %s',
    async (...[, path, from, to, stdout]) => {
      change(path, from, to);

      expect(await affected()).toEqual({ code: 0, stdout, stderr: '' });
    },
    TIMEOUT_MS,
  );

  test(
    'includes committed changes and a new pipeline; a removed one is reported',
    async () => {
      git(root, 'checkout', '--quiet', '-b', 'branch');
      git(root, 'mv', 'pipelines/tides', 'pipelines/storms');
      change('pipelines/storms/config.yaml', 'id: tides', 'id: storms');
      commitAll(root);

      const { code, stdout, stderr } = await affected(['--base', 'HEAD~1', '--json']);

      expect({ code, stdout }).toEqual({ code: 0, stdout: '["storms"]\n' });
      expect(stderr).toBe(
        'affected: pipelines/tides no longer exists, and no apply removes a stack: if its stack is deployed, it stays so until you run "npm run destroy -- tides"\n',
      );
      git(root, 'checkout', '--quiet', '-');
    },
    TIMEOUT_MS,
  );
});

test(
  'a pipeline that becomes one of Python keeps its id, and is not removed',
  async () => {
    writeFiles(root, {
      'pipelines/tides/config.yaml': yamlOf({ id: 'tides', ...PYTHON }),
      'pipelines/tides/requirements.in': '',
      'pipelines/tides/requirements.txt': '',
      'pipelines/tides/create_item.py': '',
      'pipelines/tides/collection.json': '{"type": "Collection", "id": "tides"}',
    });
    for (const name of ['app.ts', 'collection.ts']) rmSync(join(root, 'pipelines/tides', name));

    expect(await affected()).toEqual({ code: 0, stdout: 'tides\n', stderr: '' });
  },
  TIMEOUT_MS,
);

describe('a pipeline with deploy: false', () => {
  const BY_NAME = 'affected: left out, because config.yaml has deploy: false: tides\n';
  const url = 'ingestor_url: https://ingestor.example.com/api';

  test(
    'is left out, and named if it differs',
    async () => {
      git(root, 'checkout', '--quiet', '-b', 'by-name');
      change('pipelines/tides/config.yaml', url, `${url}\ndeploy: false`);
      expect(await affected()).toEqual({
        code: 0,
        stdout: '',
        stderr:
          'affected: pipelines/tides has deploy: false now: if its stack is deployed, it stays so, but no workflow plans ' +
          'or applies it any more; "npm run deploy -- tides" does, and "npm run destroy -- tides" removes it\n' +
          BY_NAME,
      });
      expect(await affected(['--all'])).toEqual({ code: 0, stdout: 'waves\n', stderr: BY_NAME });

      commitAll(root);
      expect(await affected()).toEqual({ code: 0, stdout: '', stderr: '' });
      change('pipelines/tides/app.ts', '2', '4');
      expect(await affected()).toEqual({ code: 0, stdout: '', stderr: BY_NAME });
    },
    TIMEOUT_MS,
  );

  test(
    'is affected as soon as the key is removed, although its stack is the same',
    async () => {
      change('pipelines/tides/config.yaml', '\ndeploy: false', '');

      expect(await affected()).toEqual({ code: 0, stdout: 'tides\n', stderr: '' });
      git(root, 'checkout', '--quiet', '--force', '-');
    },
    TIMEOUT_MS,
  );
});

test('--all prints every pipeline without comparing', async () => {
  expect(await affected(['--all', '--json'])).toEqual({
    code: 0,
    stdout: '["tides","waves"]\n',
    stderr: '',
  });
});

describe('an environment', () => {
  const target = (name: string): string => `ingestor_url: https://${name}.example.com\n`;
  const matrix = (env = {}) =>
    affected(['--base', 'HEAD', '--matrix'], { PROJECTS: '["dev","prod"]', ...env });

  beforeAll(() => {
    git(root, 'checkout', '--quiet', '-b', 'environments');
    writeFiles(root, {
      'environments/dev.yaml': target('dev'),
      'environments/prod.yaml': `${target('prod')}pipelines: { tides: { memory_mb: 1024 } }\n`,
    });
    commitAll(root);
  });

  afterAll(() => {
    git(root, 'checkout', '--quiet', '--force', '-');
  });

  test(
    'affects itself alone if its file changes, and only the pipelines that it changes',
    async () => {
      change('environments/prod.yaml', '1024', '2048');

      const dev = await affected(undefined, { PROJECT: 'dev' });
      const jobs = await matrix();

      expect(dev).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(JSON.parse(jobs.stdout)).toEqual([{ project: 'prod', pipeline: 'tides' }]);
    },
    2 * TIMEOUT_MS,
  );

  test(
    'is affected by what it has from config.yaml, and not by what it overrides',
    async () => {
      change('pipelines/tides/config.yaml', 'https://ingestor', 'https://other');
      expect(await matrix()).toEqual({ code: 0, stdout: '[]\n', stderr: '' });

      writeFileSync(
        join(root, 'pipelines/tides/config.yaml'),
        `${readFileSync(join(root, 'pipelines/tides/config.yaml'), 'utf8')}memory_mb: 640\n`,
      );
      expect(JSON.parse((await matrix()).stdout)).toEqual([{ project: 'dev', pipeline: 'tides' }]);
    },
    2 * TIMEOUT_MS,
  );

  test(
    'whose file is removed is named, and its stacks get the values of config.yaml',
    async () => {
      rmSync(join(root, 'environments/dev.yaml'));

      const { code, stdout, stderr } = await matrix();

      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toEqual([
        { project: 'dev', pipeline: 'tides' },
        { project: 'dev', pipeline: 'waves' },
      ]);
      expect(stderr).toBe(
        'affected: environments/dev.yaml no longer exists: stacks of PROJECT=dev that are deployed stay so, and from now on their values are those of config.yaml alone. To remove one, run "PROJECT=dev npm run destroy -- <pipeline>"\n',
      );
    },
    2 * TIMEOUT_MS,
  );

  test(
    'that is wrong is named with its line',
    async () => {
      change('environments/prod.yaml', '1024', 'much');

      const { code, stdout, stderr } = await matrix();

      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(
        /cannot synthesize the project with PROJECT=prod:\n.*environments\/prod\.yaml:2:34 memory_mb: must be/,
      );
    },
    2 * TIMEOUT_MS,
  );

  test('--matrix has the jobs of PROJECT alone without PROJECTS, and refuses a wrong list', async () => {
    const all = await affected(['--all', '--matrix'], { PROJECT: 'dev' });
    const wrong = await matrix({ PROJECTS: 'dev prod' });

    expect(JSON.parse(all.stdout)).toEqual([
      { project: 'dev', pipeline: 'tides' },
      { project: 'dev', pipeline: 'waves' },
    ]);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/PROJECTS must be a JSON list.*\(given "dev prod"\)/);
  });
});

describe('the base', () => {
  test(
    'makes everything affected if it cannot be synthesized, with the reason',
    async () => {
      git(root, 'checkout', '--quiet', '-b', 'broken');
      change('pipelines/waves/config.yaml', 'compute: awslambda', 'compute: toaster');
      commitAll(root);
      change('pipelines/waves/config.yaml', 'compute: toaster', 'compute: awslambda');

      const { code, stdout, stderr } = await affected();

      expect({ code, stdout }).toEqual({ code: 0, stdout: 'tides\nwaves\n' });
      expect(stderr).toMatch(
        /cannot synthesize the base, so every pipeline counts as affected: .*config\.yaml:\d+:\d+ compute/,
      );
      git(root, 'checkout', '--quiet', '--force', '-');
    },
    TIMEOUT_MS,
  );

  test(
    'gets packages of its own if its lock file differs',
    async () => {
      change('package-lock.json', '{}', '{ }');
      const bin = mkdtempSync(join(tmpdir(), 'npm-stand-in-'));
      const modules = join(process.cwd(), 'node_modules');
      writeFileSync(
        join(bin, 'npm'),
        `#!/bin/sh\necho "$@" > ${bin}/words\nln -s ${modules} node_modules\n`,
      );
      chmodSync(join(bin, 'npm'), 0o755);

      const { code, stdout, stderr } = await affected(undefined, {
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      });

      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toBe(
        'affected: package-lock.json differs: installing the packages of the base\n',
      );
      expect(readFileSync(join(bin, 'words'), 'utf8')).toBe('ci --ignore-scripts --no-audit\n');
    },
    TIMEOUT_MS,
  );

  test(
    'leaves nothing behind',
    async () => {
      await affected();

      expect(git(root, 'worktree', 'list').trim().split('\n')).toHaveLength(1);
      expect(git(root, 'status', '--porcelain')).toBe('');
    },
    TIMEOUT_MS,
  );
});

describe('one sentence says how to fix', () => {
  test('a ref that does not exist', async () => {
    const { code, stderr, stdout } = await affected(['--base', 'origin/nope']);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^affected: this clone does not contain the commit "origin\/nope": run git fetch origin.*\n$/,
    );
  });

  test('a shallow clone', async () => {
    const clone = mkdtempSync(join(tmpdir(), 'shallow-'));
    git(root, 'clone', '--quiet', '--depth', '1', `file://${root}`, clone);

    const { code, stderr } = await runCli('affected', ['--base', 'HEAD~1'], { cwd: clone });

    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^affected: this shallow clone does not contain the commit "HEAD~1": run git fetch --unshallow, or set fetch-depth: 0/,
    );
  });

  test('a folder that is not a repository', async () => {
    const { code, stderr } = await runCli('affected', ['--base', 'main'], {
      cwd: mkdtempSync(join(tmpdir(), 'no-clone-')),
    });

    expect(code).toBe(2);
    expect(stderr).toMatch(/is not a git repository/);
  });

  test('no base', async () => {
    expect((await affected([])).stderr).toBe(
      'affected: pass --base <ref> or --all. Run "npm run affected -- --help" for usage.\n',
    );
  });

  test(
    'a project that cannot be synthesized',
    async () => {
      change('pipelines/waves/config.yaml', 'compute: awslambda', 'compute: toaster');

      const { code, stderr, stdout } = await affected();

      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/cannot synthesize the project:\n.*config\.yaml:\d+:\d+ compute: /);
    },
    TIMEOUT_MS,
  );
});
