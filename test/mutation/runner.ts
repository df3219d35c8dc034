import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { InstrumenterContext } from '@stryker-mutator/api/core';
import { PluginKind, declareClassPlugin } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  TestStatus,
  determineHitLimitReached,
  toMutantRunResult,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
} from '@stryker-mutator/api/test-runner';
import { addEventHandler, getState, removeEventHandler, resetState, run } from 'jest-circus';
import { bundleTests } from './test-bundle.js';

/** Timeout of a test, as in jest.config.js. */
const TEST_TIMEOUT_MS = 120_000;
const NO_TEST = /(?!)/;

/** The global that instrumented code reads: the active mutant, and the counters of coverage. */
const stryker: InstrumenterContext = {};
Object.assign(globalThis, { __stryker__: stryker });

interface TestFile {
  readonly path: string;
  readonly bundle: string;
}

/**
 * Runs test files with Jest's test functions in one process. Jest itself loads all packages again for each mutant, which
 * takes longer than the tests; this runner reloads only the project's own modules.
 */
class OneProcessRunner implements TestRunner {
  private readonly files = testFiles();
  private loads = 0;

  capabilities(): { readonly reloadEnvironment: boolean } {
    return { reloadEnvironment: true };
  }

  async init(): Promise<void> {
    await Promise.all(this.files.map(({ path, bundle }) => bundleTests(path, bundle)));
    // A mutant may cause errors after its test has ended, which belong to no test.
    process.on('uncaughtException', () => undefined);
    process.on('unhandledRejection', () => undefined);
  }

  async dryRun(): Promise<DryRunResult> {
    const mutantCoverage = { static: {}, perTest: {} };
    stryker.mutantCoverage = mutantCoverage;
    const tests = await this.runFiles();
    return { status: DryRunStatus.Complete, tests, mutantCoverage };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, testFilter, hitLimit, disableBail } = options;
    delete stryker.hitCount;
    Object.assign(stryker, { activeMutant: activeMutant.id, hitLimit });
    if (hitLimit !== undefined) stryker.hitCount = 0;
    try {
      const tests = await this.runFiles(testFilter);
      const endless = determineHitLimitReached(stryker.hitCount, hitLimit);
      return toMutantRunResult(endless ?? { status: DryRunStatus.Complete, tests }, disableBail);
    } finally {
      delete stryker.activeMutant;
    }
  }

  /**
   * Runs the test files one after the other, each with its own modules and hooks, as in Jest.
   * @param only - the ids of the tests to run, by default all
   */
  private async runFiles(only?: readonly string[]): Promise<TestResult[]> {
    const results: TestResult[] = [];
    for (const file of this.files) {
      const ids = only?.filter((id) => id.startsWith(idOf(file, '')));
      if (ids?.length === 0) continue;
      results.push(...(await this.runFile(file, ids)));
      if (noticed(results)) break;
    }
    return results;
  }

  private async runFile(file: TestFile, ids?: readonly string[]): Promise<TestResult[]> {
    resetState();
    const state = getState();
    state.parentProcess = process;
    state.testTimeout = TEST_TIMEOUT_MS;
    if (ids) {
      const names = ids.map((id) => literally(id.slice(idOf(file, '').length)));
      state.testNamePattern = new RegExp(`^(${names.join('|')})$`);
    }
    const follow = followTests(file);
    addEventHandler(follow);
    try {
      this.loads += 1;
      await import(`${pathToFileURL(file.bundle).href}?load=${String(this.loads)}`);
      const { testResults, unhandledErrors } = await run();
      const results = testResults.map((result) => toTestResult(file, result));
      if (unhandledErrors.length === 0) return results;
      return [...results, failure(idOf(file, 'hooks'), unhandledErrors)];
    } catch (error) {
      return [failure(idOf(file, 'loading'), [String(error)])];
    } finally {
      removeEventHandler(follow);
    }
  }
}

/** Reports the current test to Stryker, and ends the run of a mutant at the first test that detects it. */
function followTests(file: TestFile): Parameters<typeof addEventHandler>[0] {
  return (event, state) => {
    if (event.name === 'test_start') stryker.currentTestId = idOf(file, fullName(event.test));
    if (event.name !== 'test_done') return;
    delete stryker.currentTestId;
    if (stryker.activeMutant && event.test.errors.length > 0) state.testNamePattern = NO_TEST;
  };
}

function noticed(results: readonly TestResult[]): boolean {
  return (
    stryker.activeMutant !== undefined && results.some(({ status }) => status === TestStatus.Failed)
  );
}

function idOf({ path }: TestFile, name: string): string {
  return `${path}: ${name}`;
}

interface CircusResult {
  readonly testPath: readonly unknown[];
  readonly errors: readonly string[];
  readonly status: string;
  readonly duration?: number | null;
}

function toTestResult(
  file: TestFile,
  { testPath, errors, status, duration }: CircusResult,
): TestResult {
  const name = idOf(file, testPath.slice(1).map(String).join(' '));
  if (errors.length > 0) return failure(name, errors);
  const passed = status === 'done' ? TestStatus.Success : TestStatus.Skipped;
  return { id: name, name, timeSpentMs: duration ?? 0, status: passed };
}

function failure(name: string, errors: readonly string[]): TestResult {
  const failureMessage = errors.join('\n');
  return { id: name, name, timeSpentMs: 0, status: TestStatus.Failed, failureMessage };
}

interface Named {
  readonly name: unknown;
  readonly parent?: Named | undefined;
}

/** The full name of a test: the names of its describe blocks and its own. */
function fullName({ name, parent }: Named): string {
  return parent?.parent ? `${fullName(parent)} ${String(name)}` : String(name);
}

function literally(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}

function testFiles(): readonly TestFile[] {
  const paths = process.env['MUTATION_TESTS'];
  if (!paths) throw new Error('MUTATION_TESTS is not set: run npm run mutate, which sets it');
  return paths.split(',').map((path, index) => ({
    path,
    bundle: resolve(`mutation-bundle-${String(index)}.mjs`),
  }));
}

export const strykerPlugins = [
  declareClassPlugin(PluginKind.TestRunner, 'one-process', OneProcessRunner),
];
