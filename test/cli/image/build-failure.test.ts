import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { whyNotBuilt } from '../../../cli/image/build-failure.js';

const FOLDER = new URL('../../fixtures/image-builds/', import.meta.url);

/** The lines of the builds in a file, by their names. */
function buildsIn(file: string): ReadonlyMap<string, readonly string[]> {
  const sections = readFileSync(new URL(file, FOLDER), 'utf8').split(/^== /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [name = '', ...lines] = section.trimEnd().split('\n');
      return [name, lines];
    }),
  );
}

const builds = new Map([...buildsIn('buildah.txt'), ...buildsIn('others.txt')]);
const LIBRARY = 'public.ecr.aws/docker/library';
const DIGEST = 'sha256:43ac6c60b8f89723f746e8a92ce91abd5017e627ce1ddfe4238355d3a30b772c';

interface Options {
  readonly architecture?: 'arm64' | 'x86_64';
  readonly python?: string;
  readonly node?: string;
}

function sentenceOf(name: string, options: Options): string {
  const { architecture = 'x86_64', python = `${LIBRARY}/python:3.12-slim@sha256:00` } = options;
  const { node = `${LIBRARY}/node:22-slim@sha256:00` } = options;
  const lines = builds.get(name);
  if (lines === undefined) throw new Error(`no build ${name}`);
  const [builder = ''] = /^(?:docker|podman)/.exec(name) ?? ['buildah'];
  return whyNotBuilt({
    id: 'waves',
    builder,
    image: { architecture, bases: { python, node } },
    lines,
  });
}

const AGAIN = 'allow another version in pipelines/waves/requirements.in and lock again';
const INDEX =
  'set UV_DEFAULT_INDEX and PIP_INDEX_URL to one that can be reached, or pass a proxy or certificates in IMAGE_BUILD_OPTIONS';
const REGISTRY = 'to the same image in a registry that can be reached';
const BUILT_NODE = `${LIBRARY}/node:22.23.3-bookworm-slim@${DIGEST}`;

/** Names of builds, and the sentences about them. */
const SENTENCES: readonly (readonly [name: string, sentence: string, options?: Options])[] = [
  [
    'no-base',
    `the base image ${BUILT_NODE} cannot be read (no such host): set NODE_IMAGE ${REGISTRY}`,
    { node: BUILT_NODE },
  ],
  [
    'base-refused',
    `the base image localhost/node:1 cannot be read (connection refused): set NODE_IMAGE ${REGISTRY}`,
    { python: 'localhost/python:1', node: 'localhost/node:1' },
  ],
  [
    'wrong-hash',
    'the package index has other files for six==1.17.0 than pipelines/waves/requirements.txt: find out why before you lock them with npm run lock -- waves --upgrade',
  ],
  [
    'no-version',
    'the package index has no six==99.0, which pipelines/waves/requirements.txt names: run npm run lock -- waves, or set UV_DEFAULT_INDEX to the index of the lock',
  ],
  ['no-wheel', `pywin32 has no wheel for Linux on x86_64: ${AGAIN}`],
  [
    'no-wheel',
    `pywin32 has no wheel for Linux on arm64: ${AGAIN}, or set architecture: x86_64 in config.yaml`,
    { architecture: 'arm64' },
  ],
  [
    'no-wheel-at-all',
    `netifaces has no wheel for Linux on x86_64 and the Python of the base image: ${AGAIN}`,
  ],
  [
    'no-index',
    `the package index cannot be reached from the build (Failed to fetch: http://127.0.0.1:9/simple/six/): ${INDEX}`,
  ],
  [
    'no-pip-index',
    `the package index cannot be reached from the build (No matching distribution found for uv): ${INDEX}`,
  ],
  [
    'no-certificates',
    `the package index cannot be reached from the build (its certificate is not trusted): ${INDEX}`,
  ],
  [
    'no-apt',
    'pipelines/waves/apt.txt names gdal-bni, which Debian does not have: correct its name or version',
  ],
  [
    'no-debian',
    "Debian's packages cannot be reached from the build (http://debian.example.com/debian/dists/bookworm/InRelease): pass a proxy in IMAGE_BUILD_OPTIONS, or set PYTHON_IMAGE to an image that has other sources",
  ],
  [
    'no-compile',
    "pipelines/waves/create_item.py:1 is not valid Python: SyntaxError: '(' was never closed",
  ],
  [
    'own-command',
    'the image of waves cannot be built with buildah: RUN false (DEBUG=1 shows all that it printed)',
  ],
  ['own-instruction', 'RUNN in pipelines/waves/Dockerfile is not an instruction'],
  [
    'docker-no-base',
    `the base image ${LIBRARY}/python:3.12-slim@sha256:00 cannot be read (no such host): set PYTHON_IMAGE ${REGISTRY}`,
  ],
  [
    'docker-too-many',
    `the base image ${LIBRARY}/node:22-slim@sha256:00 cannot be read (Rate exceeded): set NODE_IMAGE ${REGISTRY}`,
  ],
  [
    'docker-wrong-image',
    `${LIBRARY}/python:3.12-slim@sha256:00 is not an image for arm64: set PYTHON_IMAGE to one that is, or to an index of images`,
    { architecture: 'arm64' },
  ],
  [
    'docker-other-processor',
    'apt.txt and Dockerfile of waves run programs for arm64, which this machine cannot: build on a machine with this processor, install its emulation (binfmt), or set architecture in config.yaml',
    { architecture: 'arm64' },
  ],
  [
    'docker-no-space',
    'the disk of docker is full: remove images that are not needed (docker image prune), and try again',
  ],
  [
    'docker-no-compile',
    "pipelines/waves/create_item.py:7 is not valid Python: SyntaxError: '(' was never closed",
  ],
  ['docker-own-instruction', 'RUNN in pipelines/waves/Dockerfile is not an instruction'],
  [
    'podman-no-manifest',
    `the base image ${LIBRARY}/python:3.12-slim@sha256:00 cannot be read (manifest unknown): set PYTHON_IMAGE ${REGISTRY}`,
  ],
  [
    'podman-short-name',
    `the base image python:3.12-slim cannot be read (short-name "python:3.12-slim" did not resolve to an alias and no unqualified-search registries are defined in "/etc/containers/registries.conf"): set PYTHON_IMAGE ${REGISTRY}`,
    { python: 'python:3.12-slim', node: 'node:22' },
  ],
];

describe('a build that failed', () => {
  test.each(SENTENCES)(
    '%s has one sentence that says what to do',
    (name, sentence, options = {}) => {
      expect(sentenceOf(name, options)).toBe(sentence);
    },
  );

  test('is known for each recorded output', () => {
    expect([...builds.keys()].sort()).toEqual([...new Set(SENTENCES.map(([name]) => name))].sort());
  });

  test('without a line says so', () => {
    const image = { architecture: 'arm64', bases: { python: 'a', node: 'b' } } as const;

    expect(whyNotBuilt({ id: 'waves', builder: 'podman', image, lines: [] })).toBe(
      'the image of waves cannot be built with podman: it gave no reason (DEBUG=1 shows all that it printed)',
    );
  });
});
