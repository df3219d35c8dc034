import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const REPORT = join(root, 'reports', 'mutation.json');

interface Mutant {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number } };
}

interface Score {
  readonly file: string;
  readonly killed: number;
  readonly survived: readonly string[];
}

/**
 * Changes the code of a file in lambdas/ again and again, and counts the changes that its own test file notices. One
 * file at a time with one test file: with all tests a mutant takes twenty seconds, and there are thousands.
 */
function mutate(file: string): Score | undefined {
  const test = `test/lambdas/${basename(file, '.ts')}.test.ts`;
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
  return {
    file,
    killed: mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length,
    survived: survived.map(
      ({ location, mutatorName, replacement = '' }) =>
        `${location.start.line} ${mutatorName}: ${replacement.replaceAll(/\s+/g, ' ').slice(0, 60)}`,
    ),
  };
}

function print({ file, killed, survived }: Score): void {
  const all = killed + survived.length;
  process.stdout.write(`${file} ${((100 * killed) / all).toFixed(0)} % (${killed} of ${all})\n`);
  for (const mutant of survived) process.stdout.write(`  survived: line ${mutant}\n`);
}

const given = process.argv.slice(2);
const all = readdirSync(join(root, 'lambdas')).map((name) => `lambdas/${name}`);
const scores: Score[] = [];
for (const file of given.length > 0 ? given : all) {
  const score = mutate(file);
  if (score === undefined) continue;
  print(score);
  scores.push(score);
}
writeFileSync(join(root, 'reports', 'mutation-scores.json'), JSON.stringify(scores, undefined, 2));
