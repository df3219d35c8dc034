import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { sharedPath, testWithShared } from './support/shared-data.js';

const root = join(import.meta.dirname, '..');
const TABLE = join(root, 'docs', 'cases.md');

/** Test files by the ids of the cases that their test names carry. */
function filesByCase(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of ['test', 'pipelines'].flatMap((folder) => testFiles(join(root, folder)))) {
    for (const [, id = ''] of readFileSync(file, 'utf8').matchAll(/\[([A-Z]\d{2})\]/g)) {
      found.set(id, (found.get(id) ?? new Set()).add(relative(root, file)));
    }
  }
  return found;
}

function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && name !== 'cases.test.ts')
    .map((name) => join(folder, name))
    .sort();
}

function table(): string {
  const rows = [...filesByCase()].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = rows.map(([id, files]) => `| ${id} | ${[...files].join(', ')} |`);
  return `# Cases met by others, and the tests that hold them

Public bug reports of this kind of system, each kept as a test with its id in the name. Find one by
\`npm test -- -t '\\[A01\\]'\`. Written by \`UPDATE_DOCS=1 npm test -- test/cases.test.ts\`.

| case | tests |
| --- | --- |
${lines.join('\n')}
`;
}

describe('the cases', () => {
  test('are listed in docs/cases.md with the tests that hold them', () => {
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(TABLE, table());

    expect(readFileSync(TABLE, 'utf8')).toBe(table());
  });

  testWithShared('cases.md', 'have a test each', () => {
    const known = [
      ...readFileSync(sharedPath('cases.md'), 'utf8').matchAll(/^\| ([A-Z]\d{2}) \|/gm),
    ].map(([, id = '']) => id);
    const held = filesByCase();

    expect(known.length).toBeGreaterThan(100);
    expect(known.filter((id) => !held.has(id))).toEqual([]);
  });
});
