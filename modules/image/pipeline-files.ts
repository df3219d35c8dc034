import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Files directly in the folder that have another place in the image, or none. */
const TOP = [
  'config.yaml',
  'collection.json',
  'requirements.in',
  'requirements.txt',
  'apt.txt',
  'Dockerfile',
  'make_sample.py',
  'package.json',
];
/** Folders directly in the folder that nothing needs at run time. */
const TOP_FOLDERS = ['sample', 'fixtures', 'test', 'tests', 'node_modules'];
/** TypeScript is in the bundle. */
const LEFT_OUT = /(?:^|\/)(?:\.[^/]*|__pycache__)(?:\/|$)|\.(?:pyc|ts|md)$/;
const TESTS = /(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.py$/;

/**
 * Returns the files of a pipeline's folder that its image needs, by path relative to the folder, sorted. The content does
 * not depend on how git writes line endings on this machine.
 */
export function pipelineFiles(folder: string): ReadonlyMap<string, Uint8Array> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter(isNeeded)
    .filter((path) => statSync(join(folder, path)).isFile());
  return new Map(paths.sort().map((path) => [path, contentOf(join(folder, path))]));
}

function isNeeded(path: string): boolean {
  const [top = ''] = path.split('/');
  if (TOP.includes(path) || TOP_FOLDERS.includes(top)) return false;
  return !LEFT_OUT.test(path) && !TESTS.test(path);
}

/** Returns the content of a file; undefined if there is no such file. */
export function tryContentOf(path: string): Uint8Array | undefined {
  return existsSync(path) ? contentOf(path) : undefined;
}

const CARRIAGE_RETURN = 0x0d;
/** Like git: a file with a zero byte near its start is not text. */
const LOOKED_AT = 8_000;

/** Returns the content of a file. Lines of a text end with LF, as in git. */
export function contentOf(path: string): Uint8Array {
  const bytes = readFileSync(path);
  if (!bytes.includes(CARRIAGE_RETURN) || bytes.subarray(0, LOOKED_AT).includes(0)) return bytes;
  return Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}
