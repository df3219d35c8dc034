import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { brokenLinks, missingPaths, unknownScripts } from './support/project/documents.js';
import { ROOT, listFiles, readFiles } from './support/project/files.js';
import { isOfDeleted } from './support/project/shipped.js';

const documents = readFiles(listFiles('*.md'));
/** The history names what was there at the time. */
const current = documents.filter(({ file }) => file !== 'CHANGELOG.md');
/** The pipeline in the README, which test/system/readme.test.ts makes from the README's text. */
const FIRST_PIPELINE = 'pipelines/drone_surveys/';
/** git keeps no empty folder, so that there is none without the examples. */
const EXAMPLES = 'pipelines';
const exists = (path: string): boolean =>
  path === EXAMPLES ||
  path.startsWith(FIRST_PIPELINE) ||
  isOfDeleted(path) ||
  existsSync(join(ROOT, path));

describe('README and docs', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };

  test('link only to files and headings that exist', () => {
    expect(documents.length).toBeGreaterThan(5);
    expect(brokenLinks(documents, exists)).toEqual([]);
  });

  test('begin with a README that is short enough to be read', () => {
    expect(readFileSync(join(ROOT, 'README.md')).length).toBeLessThanOrEqual(10_000);
  });

  test('name only npm scripts that exist', () => {
    expect(current.flatMap((document) => unknownScripts(document, scripts))).toEqual([]);
  });

  test('name only paths that exist', () => {
    expect(current.flatMap((document) => missingPaths(document, exists))).toEqual([]);
  });
});

describe('a made-up page shows that', () => {
  const page = (text: string) => ({ file: 'docs/page.md', text });
  const other = { file: 'README.md', text: '# The `npm` way: 1st\n\n## Same\n\n## Same\n' };
  const only = (path: string): boolean =>
    ['README.md', 'docs/page.md', 'docs/a.svg'].includes(path);
  const broken = (text: string): string[] => brokenLinks([page(text), other], only);

  test.each([
    '[a](missing.md)',
    '![a](b.svg)',
    '[a](../README.md#nothing)',
    '[a](#nothing)',
    '[a](../README.md#same-2)',
    '[a]: missing.md',
    '<img src="b.svg">',
  ])('%s is found', (text) => {
    expect(broken(text)).toHaveLength(1);
  });

  test.each([
    '[a](../README.md)',
    '![a](a.svg)',
    '[a](../README.md#the-npm-way-1st)',
    '[a](../README.md#same-1)',
    '# Here\n[a](#here)',
    '[a](https://example.com/missing.md#x)',
    '`[a](missing.md)`',
    '```\n[a](missing.md)\n```',
  ])('%s is right', (text) => {
    expect(broken(text)).toEqual([]);
  });

  test('scripts and paths are looked up', () => {
    const text = '`npm run -s local -- x`, `npm run gone`, `cli/plan.ts`, `cli/`, `cli/gone.ts`';

    expect(unknownScripts(page(text), { local: '' })).toEqual(['docs/page.md: npm run gone']);
    expect(missingPaths(page(text), (path) => path !== 'cli/gone.ts')).toEqual([
      'docs/page.md: cli/gone.ts',
    ]);
  });
});
