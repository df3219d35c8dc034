import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import process from 'node:process';

/** A test file that runs shipped pipelines says so in a line of its own. */
const NEEDS = /^\/\/ Needs (pipelines\/\w+(?:(?:, | and )pipelines\/\w+)*)\.$/m;

/**
 * Returns patterns of the test files below a folder that need a shipped pipeline which was deleted, and says on stderr
 * which these are.
 *
 * @param {string} folder from the root of the project, as `test/system`
 * @param {string} root of the project
 * @returns {string[]} for testPathIgnorePatterns
 */
export function withoutDeleted(folder, root = resolve(import.meta.dirname, '../../..')) {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(root, folder, name))
    .sort();
  return files.flatMap((file) => {
    const missing = neededBy(readFileSync(file, 'utf8')).filter(
      (path) => !existsSync(join(root, path, 'config.yaml')),
    );
    if (missing.length === 0) return [];
    const name = relative(root, file);
    process.stderr.write(`skipped without ${missing.join(' and ')}: ${name}\n`);
    return [`<rootDir>/${name.replaceAll('.', '\\.')}$`];
  });
}

/** @param {string} text of a test file */
export function neededBy(text) {
  return NEEDS.exec(text)?.[1]?.split(/, | and /) ?? [];
}
