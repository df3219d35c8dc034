import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const REPORT = join(root, 'reports', 'mutation.json');
const SCORES = join(root, 'reports', 'mutation-scores.json');

/** Files that have no test file of their name, a slow one or one beside others, and those that test them. */
const TESTED_BY: Readonly<Record<string, readonly string[]>> = {
  'stac/antimeridian': ['stac/geometry'],
  'inventory/athena': ['inventory/athena-calls'],
  'queue/queue': ['queue/queue', 'queue/batch-response'],
  'queue/send-messages': ['queue/send-messages', 'queue/message-body'],
  'backfill/run': ['backfill/begin', 'backfill/send-page'],
  'backfill/begin': ['backfill/begin', 'historic-handler'],
  'backfill/query': ['backfill/query', 'historic-handler'],
  'backfill/send': ['backfill/send', 'backfill/send-page', 'historic-handler'],
  'backfill/work': ['backfill/work', 'historic-handler'],
  'collection-handler': ['collection-handler', 'granule/collaborators'],
  'ingestor/deployed': ['granule/collaborators'],
  'verify/collaborators': ['verify/collaborators', 'granule/collaborators'],
  'granule/batch': ['granule/batch', 'granule-handler'],
  'granule/posts': ['granule/batch', 'granule-handler'],
  'source/source': ['source/s3'],
  'historic-handler': ['historic-outcomes', 'historic-handler'],
  'backfill/collaborators': ['backfill/settings'],
  'stac/item-schema': ['stac/item-schema', 'stac/validate'],
  'granule/items': ['granule/items', 'stac/validate', 'granule-handler'],
  'granule/message-schemas': ['granule/message'],
  'stac/stac': ['stac/item-schema'],
  'stac/extensions': ['stac/extensions', 'stac/validate'],
  'stac/time': ['stac/time', 'stac/validate'],
  'ingestor/token-table': ['ingestor/token-table', 'ingestor/access-token'],
  'ingestor/read-back': ['collection-handler'],
  'ingestor/pending': ['ingestor/pending', 'ingestor/record-ingestion'],
  'xml/xml': ['xml/xml', 'xml/entities', 'xml/not-well-formed'],
  'xml/entities': ['xml/entities', 'xml/xml'],
  'xml/faults': ['xml/xml', 'xml/not-well-formed'],
};

/** Test files that need Jest itself, which takes ten times as long, because they reload modules. */
const IN_JEST: ReadonlySet<string> = new Set(['test/lambdas/granule/collaborators.test.ts']);

interface Mutant {
  readonly status: string;
  readonly replacement?: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

/** Both from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

interface Score {
  readonly file: string;
  /** Noticed by a test, or never ended. */
  readonly killed: number;
  /** Included in killed. On a busy machine some may be false. */
  readonly timedOut: number;
  readonly survived: readonly string[];
}

/**
 * Changes the code of a file in lambdas/ again and again, and counts the changes that its own tests notice. One file
 * at a time with its own tests: with those of all files each of thousands of mutants would wait for the slowest.
 */
function mutate(file: string): Score | undefined {
  const name = file.slice('lambdas/'.length, -'.ts'.length);
  const tests = (TESTED_BY[name] ?? [name]).map((test) => `test/lambdas/${test}.test.ts`);
  if (!tests.every((test) => existsSync(join(root, test)))) return undefined;
  const stryker = join(root, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
  const runner = tests.some((test) => IN_JEST.has(test)) ? 'jest' : 'one-process';
  const args = ['run', '--mutate', file, '--testRunner', runner];
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', stryker, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, MUTATION_TESTS: tests.join(',') },
  });
  if (status !== 0) throw new Error(`stryker failed on ${file} (${status ?? 'killed'})`);
  return scoreOf(file);
}

function scoreOf(file: string): Score {
  const report = JSON.parse(readFileSync(REPORT, 'utf8')) as {
    readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>;
  };
  const mutants = report.files[file]?.mutants ?? [];
  const survived = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  const timedOut = mutants.filter(({ status }) => status === 'Timeout').length;
  return {
    file,
    timedOut,
    killed: timedOut + mutants.filter(({ status }) => status === 'Killed').length,
    survived: survived.map((mutant) => changeOf(mutant, readFileSync(join(root, file), 'utf8'))),
  };
}

/** What was changed into what, with its line. */
function changeOf({ location: { start, end }, replacement = '' }: Mutant, source: string): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  lines.push((lines.pop() ?? '').slice(0, end.column - 1));
  const code = lines.join('\n').slice(start.column - 1);
  const [before, after] = [code, replacement].map((text) =>
    text.replaceAll(/\s+/g, ' ').slice(0, 60),
  );
  return `${start.line}: \`${before}\` becomes \`${after}\``;
}

function print({ file, killed, timedOut, survived }: Score): void {
  const all = killed + survived.length;
  const share = ((100 * killed) / all).toFixed(0);
  process.stdout.write(`${file} ${share} % (${killed} of ${all}, ${timedOut} by time-out)\n`);
  for (const mutant of survived) process.stdout.write(`  survived: line ${mutant}\n`);
}

/** The scores of all runs so far: a run over all files takes hours, and may be done in parts. */
function keep(score: Score): void {
  const known = existsSync(SCORES) ? (JSON.parse(readFileSync(SCORES, 'utf8')) as Score[]) : [];
  const others = known.filter(({ file }) => file !== score.file);
  const scores = [...others, score].sort((a, b) => a.file.localeCompare(b.file));
  writeFileSync(SCORES, JSON.stringify(scores, undefined, 2));
}

const given = process.argv.slice(2);
const all = readdirSync(join(root, 'lambdas'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `lambdas/${name}`);
for (const file of given.length > 0 ? given : all) {
  const score = mutate(file);
  // Types alone, or constants that Stryker leaves alone.
  if (score === undefined || score.killed + score.survived.length === 0) continue;
  print(score);
  keep(score);
}
