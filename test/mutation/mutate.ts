import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const REPORT = join(root, 'reports', 'mutation.json');
const SCORES = join(root, 'reports', 'mutation-scores.json');

/** Files that have no test file of their name, or a slow one, and the one that tests them. */
const TESTED_BY: Readonly<Record<string, string>> = {
  antimeridian: 'geometry',
  athena: 'athena-calls',
  'backfill-run': 'backfill-page',
  'backfill-begin': 'historic-handler',
  'backfill-query': 'historic-handler',
  'backfill-send': 'historic-handler',
  'backfill-work': 'historic-handler',
  'client-secret': 'access-token',
  'deployed-verify': 'deployed',
  'granule-batch': 'granule-handler',
  'historic-collaborators': 'historic-settings',
  'item-schema': 'validate',
  'make-item': 'granule-handler',
  'message-schemas': 'message',
  's3-href': 'href',
  'stac-extensions': 'validate',
  'stac-time': 'validate',
  'token-request': 'access-token',
  'token-table': 'access-token',
  'verify-collection': 'collection-handler',
};

interface Mutant {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number } };
}

interface Score {
  readonly file: string;
  /** Noticed by a test, or never ended. */
  readonly killed: number;
  /** Of these: a machine that is busy with other things may make some of them. */
  readonly timedOut: number;
  readonly survived: readonly string[];
}

/**
 * Changes the code of a file in lambdas/ again and again, and counts the changes that its own test file notices. One
 * file at a time with one test file: with all tests a mutant takes twenty seconds, and there are thousands.
 */
function mutate(file: string): Score | undefined {
  const name = basename(file, '.ts');
  const test = `test/lambdas/${TESTED_BY[name] ?? name}.test.ts`;
  if (!existsSync(join(root, test))) return undefined;
  const stryker = join(root, 'node_modules', '.bin', 'stryker');
  const { status } = spawnSync(stryker, ['run', '--mutate', file], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, MUTATION_TEST: test },
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
    ...{ file, timedOut },
    killed: timedOut + mutants.filter(({ status }) => status === 'Killed').length,
    survived: survived.map(
      ({ location, mutatorName, replacement = '' }) =>
        `${location.start.line} ${mutatorName}: ${replacement.replaceAll(/\s+/g, ' ').slice(0, 60)}`,
    ),
  };
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
const all = readdirSync(join(root, 'lambdas')).map((name) => `lambdas/${name}`);
for (const file of given.length > 0 ? given : all) {
  const score = mutate(file);
  if (score === undefined) continue;
  print(score);
  keep(score);
}
