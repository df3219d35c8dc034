import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { runCommand, UsageError } from '../../cli/shared/command.js';

const root = join(import.meta.dirname, '..', '..');
const REPORT = join(root, 'reports', 'mutation.json');
const SCORES = join(root, 'reports', 'mutation-scores.json');

/** Test files that need Jest itself, which takes ten times as long, because they reload modules. */
const IN_JEST: ReadonlySet<string> = new Set(['test/lambdas/granule/collaborators.test.ts']);

interface Mutant {
  readonly status: string;
  readonly replacement?: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

/** Line and column, both starting at 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

interface Score {
  readonly file: string;
  /** Mutants that a test detected, or that timed out. */
  readonly killed: number;
  /** Mutants that timed out, which are included in killed. On a busy machine some may be false. */
  readonly timedOut: number;
  readonly survived: readonly string[];
}

/**
 * Mutates a file in lambdas/ and counts the mutants that its tests detect. Each file runs with its own tests only,
 * because with all tests each of the thousands of mutants would wait for the slowest.
 */
function mutate(file: string): Score | undefined {
  const tests = testsOf(file);
  if (tests.length === 0) return undefined;
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

/** The test file in the same place under test/, and those that import the file. Property tests are too slow. */
function testsOf(file: string): string[] {
  const own = join('test', file.replace(/\.ts$/, '.test.ts'));
  return filesIn('test/lambdas')
    .filter((test) => test.endsWith('.test.ts') && !test.endsWith('.property.test.ts'))
    .filter((test) => test === own || importsOf(test).includes(file));
}

function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  return [...source.matchAll(/from '(\.[^']+)\.js'/g)].map(([, path = '']) =>
    join(dirname(file), `${path}.ts`),
  );
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
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

/** A mutant with its line, original code and replacement. */
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
  process.stdout.write(`${file} ${share} % (${killed} of ${all}, ${timedOut} by timeout)\n`);
  for (const mutant of survived) process.stdout.write(`  survived: line ${mutant}\n`);
}

/** Adds a score to those of earlier runs, because a run over all files takes hours and may be split. */
function keep(score: Score): void {
  const known = existsSync(SCORES) ? (JSON.parse(readFileSync(SCORES, 'utf8')) as Score[]) : [];
  const others = known.filter(({ file }) => file !== score.file);
  const scores = [...others, score].sort((a, b) => a.file.localeCompare(b.file));
  writeFileSync(SCORES, JSON.stringify(scores, undefined, 2));
}

const command = new Command('mutate')
  .description(
    'Change files in small ways, and count the changes that their tests notice. Scores are kept in reports/.',
  )
  .argument('[files...]', 'files in lambdas/ (default: all, which takes hours)', addFile)
  .addHelpText('after', '\nExample:\n  npm run mutate -- lambdas/granule/message.ts')
  .action((given: readonly string[] | undefined) => {
    for (const file of given ?? filesIn('lambdas')) {
      const score = mutate(file);
      // Files with only types or constants have no mutants.
      if (score === undefined || score.killed + score.survived.length === 0) continue;
      print(score);
      keep(score);
    }
  });

function addFile(given: string, earlier: readonly string[] = []): readonly string[] {
  const file = relative(root, resolve(given));
  if (!filesIn('lambdas').includes(file))
    throw new UsageError(
      `unknown file ${JSON.stringify(given)}: pass one of the .ts files in lambdas/`,
    );
  if (testsOf(file).length === 0)
    throw new UsageError(
      `no test in test/lambdas/ imports ${file}, and none has its name: add test/${file.replace(/\.ts$/, '.test.ts')}`,
    );
  return [...earlier, file];
}

await runCommand(command);
