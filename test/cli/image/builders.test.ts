import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BUILDERS, findBuilder, type BuilderName } from '../../../cli/image/builders.js';
import { buildOptions } from '../../../cli/image/options.js';

const path = process.env['PATH'];
let programs: string;

beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), 'builders-'));
  process.env['PATH'] = programs;
});

afterEach(() => {
  process.env['PATH'] = path;
  rmSync(programs, { recursive: true });
});

/** Adds a program that runs these lines of a shell. */
function addProgram(name: BuilderName, lines = ''): void {
  const file = join(programs, name);
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
}

const NO_ENGINE = 'echo "Cannot connect to the Docker daemon. Is it running?" >&2; exit 1';
const NO_BUILDX =
  '[ "$1" = buildx ] && echo "docker: unknown command: docker buildx" >&2 && exit 1; exit 0';

describe('the builder of images', () => {
  test('is the first that can build', async () => {
    addProgram('podman');
    addProgram('buildah');
    expect(await findBuilder()).toBe('podman');

    addProgram('docker');
    expect(await findBuilder()).toBe('docker');
    expect(await findBuilder('buildah')).toBe('buildah');
  });

  test.each([
    ['an engine', NO_ENGINE],
    ['buildx', NO_BUILDX],
  ])('is not docker without %s', async (_what, lines) => {
    addProgram('docker', lines);
    addProgram('buildah');

    expect(await findBuilder()).toBe('buildah');
  });

  test('is needed, as one sentence says with what is wrong with each', async () => {
    addProgram('docker', NO_ENGINE);

    await expect(findBuilder()).rejects.toThrow(
      'no image can be built, because docker is installed but cannot build (Cannot connect to the Docker daemon. Is it running?); podman is not on the PATH; buildah is not on the PATH: install and start docker (with buildx), podman or buildah',
    );
  });

  test('that was chosen is the only one that is looked for', async () => {
    addProgram('docker');

    await expect(findBuilder('podman')).rejects.toThrow(
      'no image can be built, because podman is not on the PATH: install and start docker (with buildx), podman or buildah',
    );
  });

  test.each(['docker', 'podman', 'buildah'] as const)('%s gets all that a build needs', (name) => {
    const call = BUILDERS[name].build({
      context: '/context',
      name: 'localhost/waves:1',
      platform: 'linux/arm64',
      arguments: { NODE_IMAGE: 'node:22', UV_DEFAULT_INDEX: undefined },
      options: ['--no-cache'],
    });

    const words = call.join(' ');
    expect(words).toContain(
      '--platform=linux/arm64 --tag localhost/waves:1 --build-arg NODE_IMAGE=node:22 --build-arg UV_DEFAULT_INDEX --no-cache /context',
    );
    // Lambda takes no index, which buildx makes for its provenance.
    expect(words.includes('--provenance=false --sbom=false')).toBe(name === 'docker');
    // Times of layers would make another digest; docker has no such option.
    expect(words.includes('--timestamp 0')).toBe(name !== 'docker');
  });
});

describe('IMAGE_BUILD_OPTIONS', () => {
  test.each<[string, readonly string[]]>([
    ['', []],
    ['  --no-cache\t--pull ', ['--no-cache', '--pull']],
    [`--volume "/my certs:/etc/ssl/certs:ro"`, ['--volume', '/my certs:/etc/ssl/certs:ro']],
    [`--build-arg=a='b "c"'`, ['--build-arg=a=b "c"']],
  ])('%j is the words %j', (text, words) => {
    expect(buildOptions({ IMAGE_BUILD_OPTIONS: text })).toEqual(words);
  });

  test('is refused with a quote that does not end', () => {
    expect(() => buildOptions({ IMAGE_BUILD_OPTIONS: `--volume "/a` })).toThrow(
      'IMAGE_BUILD_OPTIONS has a quote without its end',
    );
  });
});
