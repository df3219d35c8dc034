import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { arch, platform } from 'node:process';
import type { BaseImages } from '../../../modules/image/base-images.js';

/** Changes with what is in the images, so that old ones in the storage of buildah are not used. */
const VERSION = '1';
const NAMES: BaseImages = {
  python: `localhost/stac-pipelines-test-python:${VERSION}`,
  node: `localhost/stac-pipelines-test-node:${VERSION}`,
};
const PACKAGES = [
  'base-files',
  'coreutils',
  'dash',
  'findutils',
  'libstdc++6',
  'python3',
  'python3-pip',
];
const SUITE = 'bookworm';
const CERTIFICATES = '/etc/ssl/certs';

/** The processor of this machine, as config.yaml names it. */
export const ARCHITECTURE = arch === 'arm64' ? 'arm64' : 'x86_64';

/** Says why this machine cannot build and run images without a registry; undefined if it can. */
export function whyNoImages(): string | undefined {
  if (platform !== 'linux') return 'images of Linux are built on Linux only';
  if (process.getuid?.() !== 0) return 'an image can be unpacked and run by root only';
  const missing = ['buildah', 'mmdebstrap', 'unshare', 'tar'].filter((name) => !isThere(name));
  return missing.length === 0 ? undefined : `${missing.join(', ')} must be installed`;
}

function isThere(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/**
 * Makes base images of Debian's packages and this Node.js, because no registry of images may be in reach. They stay in
 * the storage of buildah.
 *
 * @param cache a folder that keeps the files of Debian
 */
export function testBaseImages(cache: string): BaseImages {
  if (!hasImage(NAMES.python)) {
    addImage(NAMES.python, [debianFiles(cache), '/']);
  }
  if (!hasImage(NAMES.node)) {
    addImage(NAMES.node, [process.execPath, '/usr/local/bin/node']);
  }
  return NAMES;
}

/** The environment in which `npm run image` builds with buildah, from these base images. */
export function buildEnvironment(bases: BaseImages): Readonly<Record<string, string>> {
  return {
    BUILDAH_ISOLATION: 'chroot',
    PYTHON_IMAGE: bases.python,
    NODE_IMAGE: bases.node,
    // The base image has no certificates, and a proxy of this machine may need its own.
    IMAGE_BUILD_OPTIONS: `--volume ${CERTIFICATES}:${CERTIFICATES}:ro`,
  };
}

function hasImage(name: string): boolean {
  return spawnSync('buildah', ['inspect', '--type', 'image', name]).status === 0;
}

/** Unpacked only: nothing is configured, which a program in an image does not need. */
function debianFiles(cache: string): string {
  const file = join(cache, `debian-${SUITE}-${ARCHITECTURE}-${VERSION}.tar`);
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  const scratch = `${file}.${process.pid}.tar`;
  const quiet = ['--quiet', '--variant=extract', `--include=${PACKAGES.join(',')}`];
  const small = '--dpkgopt=path-exclude=/usr/share/{doc,man,locale,info}/*';
  execFileSync('mmdebstrap', [...quiet, small, SUITE, scratch]);
  renameSync(scratch, file);
  return file;
}

/** @param content a file, or an archive that is unpacked, and its place in the image */
function addImage(name: string, content: readonly [from: string, to: string]): void {
  const container = buildah('from', 'scratch');
  buildah('add', '--quiet', container, ...content);
  buildah('config', '--env', 'PATH=/usr/local/bin:/usr/bin:/bin', container);
  buildah('commit', '--quiet', '--rm', container, name);
}

function buildah(...words: readonly string[]): string {
  return execFileSync('buildah', words, { encoding: 'utf8' }).trim();
}
