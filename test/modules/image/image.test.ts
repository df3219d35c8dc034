import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { zipFiles, type Bundle } from '../../../modules/bundling/bundle.js';
import { baseImages, pythonVersionOf } from '../../../modules/image/base-images.js';
import { pipelineImage, type ImageInputs } from '../../../modules/image/image.js';

const made = mkdtempSync(join(tmpdir(), 'image-'));
let count = 0;

afterAll(() => {
  rmSync(made, { recursive: true });
});

type Files = Readonly<Record<string, string>>;

const FILES: Files = {
  'requirements.txt': 'numpy==2.0.0 --hash=sha256:00\n',
  'create_item.py': 'def create_item(href):\n    return None\n',
  'grid/names.csv': 'a,b\n1,2\n',
};

/** Writes a project with the pipeline waves, and returns its path. */
function projectOf(files: Files): string {
  count += 1;
  const root = join(made, String(count));
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, 'pipelines', 'waves', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  mkdirSync(join(root, 'lambdas', 'python'), { recursive: true });
  writeFileSync(join(root, 'lambdas', 'python', 'worker.py'), 'print(1)\n');
  return root;
}

function bundleOf(name: string, code: string): Bundle {
  const zip = zipFiles({ [`${name}.mjs`]: Buffer.from(code), [`${name}.mjs.map`]: Buffer.of() });
  const hash = createHash('sha256').update(zip).digest('hex');
  return { name, zip, hash, hashBase64: hash };
}

const REST = {
  id: 'waves',
  architecture: 'arm64',
  app: bundleOf('app', 'app'),
  bootstrap: bundleOf('bootstrap', 'bootstrap'),
  bases: baseImages({}),
} as const;

function imageOf(files: Files, changes: Partial<ImageInputs> = {}) {
  return pipelineImage({ ...REST, root: projectOf(files), ...changes });
}

function tagOf(files: Files, changes: Partial<ImageInputs> = {}): string {
  return imageOf(files, changes).tag;
}

/** The lines of the Dockerfile that are not comments. */
function dockerfileOf(files: Files): string {
  const text = Buffer.from(imageOf(files).context().get('Dockerfile') ?? []).toString();
  return text.replace(/^#.*\n/gm, '');
}

describe('the tag of an image', () => {
  const tag = tagOf(FILES);

  test('names the pipeline and has 16 digits of a hash', () => {
    expect(tag).toMatch(/^waves-[0-9a-f]{16}$/);
  });

  test.each<[string, Files]>([
    ['the lock', { 'requirements.txt': 'numpy==2.0.1 --hash=sha256:00\n' }],
    ['the Python file', { 'create_item.py': 'def create_item(href):\n    return []\n' }],
    ['another file that it may read', { 'grid/names.csv': 'a,b\n1,3\n' }],
    ['a new file', { 'helpers/dates.py': '' }],
    ['system packages', { 'apt.txt': 'gdal-bin\n' }],
    ['a Dockerfile', { Dockerfile: 'FROM ${BASE_IMAGE}\n' }],
  ])('is another one with %s', (_, files) => {
    expect(tagOf({ ...FILES, ...files })).not.toBe(tag);
  });

  test.each<[string, Partial<ImageInputs>]>([
    ['app', { app: bundleOf('app', 'other') }],
    ['bootstrap', { bootstrap: bundleOf('bootstrap', 'other') }],
    ['processor', { architecture: 'x86_64' }],
    ['Python', { bases: { ...REST.bases, python: 'localhost/python' } }],
    ['Node.js', { bases: { ...REST.bases, node: `node@sha256:${'0'.repeat(64)}` } }],
  ])('is another one with another %s', (_, changes) => {
    expect(tagOf(FILES, changes)).not.toBe(tag);
  });

  test('is another one with another worker', () => {
    const root = projectOf(FILES);
    writeFileSync(join(root, 'lambdas/python/worker.py'), 'print(2)\n');

    expect(tagOf(FILES, { root })).not.toBe(tag);
  });

  test('does not depend on what is not in the image', () => {
    expect(
      tagOf({
        ...FILES,
        'config.yaml': 'id: waves\n',
        'collection.json': '{}',
        'requirements.in': 'numpy\n',
        'make_sample.py': '',
        'sample/bucket/a.nc': 'CDF',
        'tests/test_dates.py': '',
        'test_create_item.py': '',
        'create_item_test.py': '',
        'app.ts': '',
        'app.test.ts': '',
        'README.md': '',
        '.venv/lib/numpy.py': '',
        '__pycache__/create_item.cpython-312.pyc': '',
        'grid/old.pyc': '',
      }),
    ).toBe(tag);
  });

  test('does not depend on the checkout: times, line endings, and where it is', () => {
    const root = projectOf({ ...FILES, 'create_item.py': FILES['create_item.py'] ?? '' });
    const copy = join(made, 'a folder with another name');
    cpSync(root, copy, { recursive: true });
    const file = join(copy, 'pipelines/waves/create_item.py');
    writeFileSync(file, (FILES['create_item.py'] ?? '').replaceAll('\n', '\r\n'));
    utimesSync(file, 1, 1);

    expect(tagOf(FILES, { root: copy })).toBe(tag);
  });

  test('keeps the bytes of a file that is not text', () => {
    const path = { ...FILES, 'grid/mask.bin': '\0a\r\nb' };

    expect(tagOf(path)).not.toBe(tagOf({ ...FILES, 'grid/mask.bin': '\0a\nb' }));
  });

  test('does not depend on the registry that serves the base images', () => {
    const digest = /@.*$/.exec(REST.bases.python)?.[0] ?? '';
    const bases = { ...REST.bases, python: `registry.example.com/mirror/python${digest}` };

    expect(tagOf(FILES, { bases })).toBe(tag);
  });
});

describe('the context of an image', () => {
  test('has the files of the pipeline, the bundles, the worker and the lock', () => {
    const context = imageOf({ ...FILES, 'sample/bucket/a.nc': '' }).context();

    expect([...context.keys()].sort()).toEqual([
      'Dockerfile',
      'bundle/app.mjs',
      'bundle/app.mjs.map',
      'bundle/bootstrap.mjs',
      'bundle/bootstrap.mjs.map',
      'pipeline/create_item.py',
      'pipeline/grid/names.csv',
      'requirements.txt',
      'uv.txt',
      'worker.py',
    ]);
    expect(context.get('bundle/app.mjs')).toEqual(unzipSync(REST.app.zip)['app.mjs']);
  });

  test('installs the system packages of apt.txt, sorted and once', () => {
    const apt = '# programs\r\ngdal-bin\n\n hdf5-tools=1.10.8+repack1-1 # for aster\ngdal-bin\n';

    expect(dockerfileOf({ ...FILES, 'apt.txt': apt })).toContain(
      'apt-get install --yes --no-install-recommends gdal-bin hdf5-tools=1.10.8+repack1-1 \\\n',
    );
    expect(dockerfileOf(FILES)).not.toContain('apt-get');
    expect(dockerfileOf({ ...FILES, 'apt.txt': '# none\n' })).not.toContain('apt-get');
  });

  test.each(['FROM ${BASE_IMAGE}', 'from $BASE_IMAGE'])(
    "is continued by the pipeline's own, which begins with %s",
    (line) => {
      const own = `${line} AS ours\nENV A=\${BASE_IMAGE}\n`;

      // Not all builders would find a stage by an argument.
      expect(dockerfileOf({ ...FILES, Dockerfile: own })).toBe(
        `${dockerfileOf(FILES)}\n${own.replace(/\S*BASE_IMAGE\S* AS/, 'framework AS')}`,
      );
    },
  );

  test('runs nothing for the processor of the function, and nothing as root', () => {
    const stages = dockerfileOf(FILES).split(/^FROM /m);
    const last = stages.at(-1) ?? '';

    expect(last).not.toMatch(/^RUN /m);
    expect(last.match(/^USER .*/gm)).toEqual(['USER 65534:65534']);
  });
});

describe('no image is made', () => {
  test('without a lock', () => {
    expect(() => imageOf({ 'create_item.py': '' })).toThrow(
      'pipelines/waves/requirements.txt is missing: npm run lock -- waves writes it',
    );
  });

  test('with lines of apt.txt that are not packages, all of which are named', () => {
    expect(() => imageOf({ ...FILES, 'apt.txt': 'gdal-bin; rm -rf /\nGDAL\nproj-bin\n' })).toThrow(
      'pipelines/waves/apt.txt:1 is not the name of a Debian package, such as gdal-bin (given "gdal-bin; rm -rf /")\n' +
        'pipelines/waves/apt.txt:2 is not the name of a Debian package, such as gdal-bin (given "GDAL")',
    );
  });

  test('with a Dockerfile that builds on another image', () => {
    expect(() => imageOf({ ...FILES, Dockerfile: 'FROM python:3.12\n' })).toThrow(
      "pipelines/waves/Dockerfile does not build on the framework's image: begin it with FROM ${BASE_IMAGE}",
    );
  });
});

describe('the base images', () => {
  test('are given by digests', () => {
    expect(Object.values(baseImages({}))).toEqual([
      expect.stringMatching(/^public\.ecr\.aws\/docker\/library\/python:.*@sha256:[0-9a-f]{64}$/),
      expect.stringMatching(/^public\.ecr\.aws\/docker\/library\/node:.*@sha256:[0-9a-f]{64}$/),
    ]);
  });

  test('are those of the environment', () => {
    expect(baseImages({ PYTHON_IMAGE: 'a', NODE_IMAGE: '' })).toEqual({
      python: 'a',
      node: baseImages({}).node,
    });
  });
});

test.each([
  [baseImages({}).python, '3.12'],
  ['registry.example.com/library/python:3.11.9-slim-bookworm@sha256:00', '3.11'],
  ['python:3.13', '3.13'],
  ['localhost/our-python:1', undefined],
  ['localhost/python-3.11:1', undefined],
  ['registry.example.com/python@sha256:00', undefined],
])('the tag of %s says that it has Python %s', (python, version) => {
  expect(pythonVersionOf({ python })).toBe(version);
});
