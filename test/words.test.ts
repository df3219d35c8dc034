import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { listFiles, readFiles, type ProjectFile } from './support/project/files.js';
import { isOfOwn } from './support/project/shipped.js';

/** `wrong` has the words, `right` says the same without them. */
interface Banned {
  readonly pattern: string;
  readonly instead: string;
  readonly wrong: string;
  readonly right: string;
}

const BANNED = JSON.parse(
  readFileSync(join(import.meta.dirname, 'words.json'), 'utf8'),
) as Banned[];

/** These quote the words. */
const QUOTING = ['CHANGELOG.md', 'test/words.test.ts'];

/** Returns each line with banned words as `file:line: the words -> what to say instead`. */
function findingsIn({ file, text }: ProjectFile): string[] {
  return BANNED.flatMap(({ pattern, instead }) =>
    [...text.matchAll(new RegExp(pattern, 'gi'))].map(({ 0: words, index }) => {
      const line = text.slice(0, index).split('\n').length;
      return `${file}:${String(line)}: "${words}" -> ${instead}`;
    }),
  );
}

describe('banned words', () => {
  const files = readFiles(listFiles('*.ts', '*.js', '*.md', '*.yml', '*.py')).filter(
    ({ file }) => !QUOTING.includes(file) && !isOfOwn(file),
  );
  const findings = files.flatMap(findingsIn);

  test('are in no comment, message or document', () => {
    expect(files.length).toBeGreaterThan(400);
    expect(findings).toEqual([]);
  });

  test.each(BANNED)('/$pattern/ is found', ({ pattern, wrong, right }) => {
    expect(findingsIn({ file: 'a.ts', text: `one\n${wrong}\n` })).toEqual([
      expect.stringMatching(/^a\.ts:2: /),
    ]);
    expect(right).not.toMatch(new RegExp(pattern, 'i'));
  });
});
