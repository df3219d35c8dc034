import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from '@jest/globals';

/** Reference data that is too large for the repository: the folder `shared` next to it, or SHARED_DATA. */
const FOLDER = resolve(process.env['SHARED_DATA'] ?? join(import.meta.dirname, '../../../shared'));

/** Returns the absolute path of a file or folder of the reference data, which may not exist. */
export function sharedPath(path: string): string {
  return join(FOLDER, path);
}

/** Parses a JSON file of the reference data. */
export function sharedJson(path: string): unknown {
  return JSON.parse(readFileSync(sharedPath(path), 'utf8'));
}

/** Declares a test that needs `path` of the reference data; its title says so where it is skipped. */
export function testWithShared(
  path: string,
  title: string,
  body: () => void | Promise<void>,
): void {
  if (existsSync(sharedPath(path))) test(title, body);
  else test.skip(skipped(path, title), body);
}

/** As testWithShared, for a suite. Jest calls `body` even where it is skipped: read files in the tests only. */
export function describeWithShared(path: string, title: string, body: () => void): void {
  if (existsSync(sharedPath(path))) describe(title, body);
  else describe.skip(skipped(path, title), body);
}

function skipped(path: string, title: string): string {
  return `${title} (skipped: ${path} is missing; SHARED_DATA is the folder that holds it)`;
}
