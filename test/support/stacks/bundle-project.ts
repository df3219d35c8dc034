import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

type Files = Readonly<Record<string, string>>;

/** A project of two entries that share a module and a CommonJS package. */
export const PROJECT_FILES: Files = {
  'pipelines/waves/app.ts':
    "import { tide } from '../../lambdas/tide.js';\nexport const handler = (): string => tide('app');\n",
  'pipelines/waves/collection.ts':
    "import { tide } from '../../lambdas/tide.js';\nexport const handler = (): string => tide('collection');\n",
  'lambdas/tide.ts': [
    "import old from 'old-package';",
    'export class TideError extends Error {}',
    'export function tide(name: string): string {',
    "  if (name === 'storm') throw new TideError(`no tide of ${name}`);",
    '  return `${name} ${old.digest(name)} wäve`;',
    '}',
    '',
  ].join('\n'),
  'node_modules/old-package/package.json':
    '{ "name": "old-package", "version": "1.0.0", "main": "index.js" }',
  'node_modules/old-package/index.js':
    "const crypto = require('crypto');\nexports.digest = (text) => crypto.createHash('md5').update(text).digest('hex').slice(0, 4);\n",
  'node_modules/.package-lock.json': '{}',
};

export const ENTRIES = ['pipelines/waves/app.ts', 'pipelines/waves/collection.ts'];

/** Writes the files into a new folder and returns its path. @param mtime seconds since 1970 */
export function writeProject(files: Files = PROJECT_FILES, mtime = 1_000_000_000): string {
  const root = mkdtempSync(join(tmpdir(), 'bundle-'));
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    utimesSync(file, mtime, mtime);
  }
  return root;
}
