import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect } from '@jest/globals';
import { runCli, type CliResult } from '../../support/cli/run-cli.js';
import { withPackageIndex } from '../../support/package-index.js';
import { yamlOf } from '../../support/stacks/config-folder.js';

const CONFIG = yamlOf({
  python_function: 'create_item.py',
  granule_pattern: "'[.]txt$'",
  source: '[s3://waves/]',
});
const CODE = `import six

def create_item(href):
    return None

def with_arguments(region, product="sfc"):
    return None

def with_nan():
    return {"type": "Collection", "extent": {"spatial": {"bbox": [[0, float("nan")]]}}}

def with_array():
    return {"type": "Collection", "summaries": {"gsd": (1, {2})}}

def create_collection():
    print("hello")
    return {"type": "Collection", "id": "waves", "links": [{"rel": "self", "href": "/tmp/x"}]}
`;

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'lock-'));
  for (const name of ['lambdas', 'node_modules', 'package.json'])
    symlinkSync(resolve(name), join(root, name));
  mkdirSync(join(root, 'pipelines/waves'), { recursive: true });
  for (const [name, text] of [
    ['config.yaml', CONFIG],
    ['create_item.py', CODE],
  ] as const)
    writeFileSync(join(root, 'pipelines/waves', name), text);
});

/** Uses the certificates and the package index of this machine. */
function environment(): Record<string, string> {
  const names = Object.keys(process.env).filter((name) => /^(?:PIP_|UV_|SSL_|PYENV_)/.test(name));
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}

function lock(requirements: string, ...options: readonly string[]): Promise<CliResult> {
  writeFileSync(join(root, 'pipelines/waves/requirements.in'), `${requirements}\n`);
  return runCli('lock', ['waves', ...options], { cwd: root, env: environment() });
}

/** With an image that has this version of Python. */
function lockFor(version: string): Promise<CliResult> {
  const env = Object.assign(environment(), {
    PYTHON_IMAGE: `registry.example.com/python:${version}-slim`,
  });
  return runCli('lock', ['waves'], { cwd: root, env });
}

/** The paths of a program in all environments. */
function programs(name: string): readonly string[] {
  const folders = readdirSync(join(root, '.python'));
  return folders.map((folder) => join(root, '.python', folder, 'bin', name)).filter(existsSync);
}

const locked = (): string => readFileSync(join(root, 'pipelines/waves/requirements.txt'), 'utf8');

describe('npm run lock', () => {
  withPackageIndex(
    'writes versions and hashes, installs them, and imports the function',
    async () => {
      const { code, stderr } = await lock('six', '--as-of', '2023-06-01');

      expect(code).toBe(0);
      expect(locked()).toMatch(
        /^# Written by "npm run lock -- waves --as-of 2023-06-01" from requirements.in: .*\nsix==1.16.0 \\\n {4}--hash=sha256:/,
      );
      expect(locked()).not.toMatch(/https?:|\/tmp|\.python/);
      expect(stderr).toContain('waves: wrote pipelines/waves/requirements.txt with 1 package\n');
      expect(stderr).toMatch(
        /^waves: Python 3\.\d+ can import the function; no Item was created, because the pipeline is not complete:/m,
      );
      expect(readdirSync(join(root, '.python')).filter((name) => /\.\d+-\d+$/.test(name))).toEqual(
        [],
      );
    },
  );

  withPackageIndex('installs programs that start', async () => {
    const { code } = await lock('six\nidna\ncharset-normalizer');

    expect(code).toBe(0);
    for (const program of programs('normalizer')) {
      const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
      expect({ program, status, stdout }).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/Charset-Normalizer/),
      });
    }
    expect(programs('normalizer').length).toBeGreaterThan(0);
  });

  withPackageIndex('keeps versions, unless --upgrade is given', async () => {
    await lock('six', '--as-of', '2023-06-01');
    await lock('six');
    expect(locked()).toContain('six==1.16.0');
    await lock('six', '--upgrade');
    expect(locked()).not.toContain('six==1.16.0');
  });

  withPackageIndex('warns if the image has a Python that nothing was tried with', async () => {
    await lock('six');
    const warned = await lockFor('3.99');
    const [, tried = ''] = /Python (3\.\d+) can import/.exec(warned.stderr) ?? [];
    const agreed = await lockFor(`${tried}.1`);

    expect(tried).toMatch(/^3\.1\d$/);
    expect(warned.code).toBe(0);
    expect(warned.stderr).toContain(
      `warning: the image of waves has Python 3.99, with which nothing was tried: install Python 3.99, delete .python, and lock again; or set PYTHON_IMAGE to an image with Python ${tried}`,
    );
    expect(agreed.stderr).toContain(`waves: Python ${tried} can import the function`);
    expect(agreed.stderr).not.toContain('warning: the image');
  });

  withPackageIndex('says which line is missing if the function cannot be imported', async () => {
    const { code, stderr } = await lock('iniconfig');

    expect(code).toBe(1);
    expect(stderr).toContain(
      "lock: create_item.py cannot be imported: ModuleNotFoundError: No module named 'six'\n" +
        'add the line six to pipelines/waves/requirements.in, since a package needs it',
    );
  });

  withPackageIndex.each([
    [
      'gdal',
      /^lock: pipelines\/waves\/requirements.in cannot be locked: gdal has no wheel, and nothing is built/m,
    ],
    ['pywin32', /^lock: pywin32 has no wheel for Linux on x86_64: allow a version/m],
    [
      'six==1.16.0\nsix==1.17.0',
      /^lock: .* cannot be locked: Because you require six==1.16.0 and six==1.17.0/m,
    ],
  ])('refuses %j in a sentence and leaves the lock as it is', async (requirements, sentence) => {
    await lock('six');
    const before = locked();

    const { code, stderr } = await lock(requirements);

    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(locked()).toBe(before);
  });
});

describe('npm run collection --from', () => {
  const from = (...options: readonly string[]): Promise<CliResult> =>
    runCli('collection', ['waves', '--from', 'create_item:create_collection', ...options], {
      cwd: root,
      env: environment(),
    });

  withPackageIndex(
    'writes collection.json once, and says what it left out and what is wrong',
    async () => {
      await lock('six');
      const file = join(root, 'pipelines/waves/collection.json');

      const first = await from();

      expect(first.code).toBe(1);
      expect(first.stderr).toMatch(
        /waves: wrote pipelines\/waves\/collection.json from create_item:create_collection, without its links self\. Read it/,
      );
      expect(first.stderr).toMatch(/collection: .*collection.json has to be corrected by hand: /);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
        type: 'Collection',
        id: 'waves',
        links: [],
      });
      const second = await from();
      expect([second.code, second.stderr]).toEqual([
        1,
        'collection: pipelines/waves/collection.json is there already: pass --force to overwrite it\n',
      ]);
      expect((await from('--force')).stderr).toContain('wrote pipelines/waves/collection.json');
      expect(existsSync(`${file}.new`)).toBe(false);
    },
  );

  const own =
    'a function of your own, for example create_collection in pipelines/waves/make_collection.py, and pass --from make_collection:create_collection';

  withPackageIndex.each([
    [
      'with_arguments',
      `collection: create_item:with_arguments needs arguments (region): call it with them in ${own}\n`,
    ],
    [
      'with_nan',
      `collection: create_item:with_nan returned a Collection that cannot be written as JSON (extent.spatial.bbox[0][1] is nan): correct it in ${own}\n`,
    ],
    [
      'with_array',
      `collection: create_item:with_array returned a Collection that cannot be written as JSON (summaries.gsd[1] is of the type set): correct it in ${own}\n`,
    ],
    [
      'create_item',
      `collection: create_item:create_item needs arguments (href): call it with them in ${own}\n`,
    ],
    [
      'nothing',
      'collection: create_item:nothing cannot be imported: module create_item has no function nothing\n',
    ],
  ])('refuses %s with one sentence, and writes nothing', async (name, sentence) => {
    await lock('six');
    const words = ['waves', '--from', `create_item:${name}`, '--force'];
    const before = readdirSync(join(root, 'pipelines/waves'));
    const { code, stderr } = await runCli('collection', words, { cwd: root, env: environment() });

    expect({ code, stderr }).toEqual({ code: 1, stderr: sentence });
    expect(readdirSync(join(root, 'pipelines/waves'))).toEqual(before);
  });
});
