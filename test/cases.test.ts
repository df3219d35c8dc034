import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { sharedPath, testWithShared } from './support/shared-data.js';
import { isOfDeleted, SHIPPED } from './support/project/shipped.js';

const root = join(import.meta.dirname, '..');
const PAGE = join(root, 'docs', 'cases.md');

/** What each case is about and what is right, and the public reports (owner/name#number) that it comes from. */
const MEANINGS = JSON.parse(
  readFileSync(join(import.meta.dirname, 'cases.json'), 'utf8'),
) as Readonly<Record<string, { readonly says: string; readonly reports: readonly string[] }>>;

const SECTIONS = {
  A: 'Messages of S3, SNS and SQS',
  B: 'SQS as the event source of a function',
  C: 'S3 Inventory and Athena',
  D: 'Access tokens',
  E: 'Items and the ingestor',
  F: 'Terraform and deployment',
  G: 'Node.js and XML',
  H: 'config.yaml',
  N: 'What real data and first-time authors broke',
};

const INTRODUCTION = `# Cases from other projects, and the tests that hold them

Other projects of this kind have met these problems in public. Each is a test here, with the id of the
case in its title: \`npm test -- -t '\\[A01\\]'\` runs the tests of one case. A case without a report comes
from the documentation of AWS or from our own measurements.

The sentences are in test/cases.json; \`UPDATE_DOCS=1 npm test -- test/cases.test.ts\` writes this page.
`;

/** Test files by the ids of the cases that their test names carry. */
function filesByCase(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = (id: string, file: string) => found.set(id, (found.get(id) ?? new Set()).add(file));
  for (const id of ['test', ...SHIPPED.map((one) => `pipelines/${one}`)]) {
    if (isOfDeleted(id)) for (const [name, file] of listedOf(id)) add(name, file);
    else
      for (const file of testFiles(join(root, id)))
        for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/\[([A-Z]\d{2})\]/g))
          add(name, relative(root, file));
  }
  return found;
}

/** The tests of a deleted pipeline, as the page lists them. */
function listedOf(folder: string): (readonly [string, string])[] {
  const rows = readFileSync(PAGE, 'utf8').matchAll(/^\| ([A-Z]\d{2}) \|.*$/gm);
  return [...rows].flatMap(([line, id = '']) =>
    [...line.matchAll(/\(\.\.\/(pipelines\/[^)]*)\)/g)]
      .map(([, file = '']) => [id, file] as const)
      .filter(([, file]) => file.startsWith(`${folder}/`)),
  );
}

function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && name !== 'cases.test.ts')
    .map((name) => join(folder, name))
    .sort();
}

function page(): string {
  const tests = filesByCase();
  const sections = Object.entries(SECTIONS).map(([letter, title]) => {
    const rows = [...tests].filter(([id]) => id.startsWith(letter)).sort();
    return `## ${title}\n\n| id | what holds | reports | tests |\n| --- | --- | --- | --- |\n${rows.map(([id, files]) => row(id, [...files])).join('\n')}\n`;
  });
  return `${INTRODUCTION}\n${sections.join('\n')}`;
}

function row(id: string, files: readonly string[]): string {
  const { says, reports } = MEANINGS[id] ?? { says: 'no sentence in test/cases.json', reports: [] };
  const tests = files.map((file) => `[${basename(file)}](../${file})`);
  return `| ${id} | ${says} | ${reports.map(linkTo).join(', ')} | ${tests.join(', ')} |`;
}

/** GitHub redirects the address of an issue to the pull request of that number. */
function linkTo(report: string): string {
  const [repository = '', number = ''] = report.split('#');
  return `[${report}](https://github.com/${repository}/issues/${number})`;
}

describe('the cases', () => {
  test('are listed in docs/cases.md with the tests that hold them', () => {
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, page());

    expect(readFileSync(PAGE, 'utf8')).toBe(page());
  });

  test('have a sentence each', () => {
    expect(Object.keys(MEANINGS).sort()).toEqual([...filesByCase().keys()].sort());
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
