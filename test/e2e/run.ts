import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { whatIsMissing, whyNothingToRun } from './system/machine.js';
import { ROOT } from './system/places.js';
import { cleanUpLeftovers, endRun, listRuns, newRun } from './system/run-record.js';
import { startSystem } from './system/system.js';

/** `npm run test:e2e` starts the system, runs the tests on it, and always stops it. */
const given = process.argv.slice(2);
const GRACE_MS = 10_000;
let interrupted = false;
let jest: ChildProcess | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    interrupted = true;
    signalTests(signal);
    // Terraform finishes the operation in progress within this time.
    setTimeout(() => {
      signalTests('SIGKILL');
    }, GRACE_MS).unref();
  });

/** Signals the process group of the tests, which includes Terraform. */
function signalTests(signal: NodeJS.Signals): void {
  try {
    if (jest?.pid !== undefined) process.kill(-jest.pid, signal);
  } catch {
    // All processes have ended.
  }
}

async function runJest(folder: string, jestWords: readonly string[]): Promise<number> {
  const words = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  jest = spawn(process.execPath, [...words, '--config', 'test/e2e/jest.config.js', ...jestWords], {
    cwd: ROOT,
    stdio: 'inherit',
    // A process group of its own, so that a signal also reaches Terraform.
    detached: true,
    env: { ...process.env, E2E_RUN: folder },
  });
  const [code] = (await once(jest, 'exit')) as [number | null];
  signalTests('SIGKILL');
  return code ?? 1;
}

async function runOnNewSystem(): Promise<number> {
  await cleanUpLeftovers();
  const { folder } = await newRun(false);
  try {
    await startSystem(folder);
    if (interrupted) return 1;
    // Every file needs the stacks that deploy.e2e.test.ts deploys.
    const isPart = given.some((word) => !word.startsWith('-'));
    const code = await runJest(folder, isPart ? [...given, 'deploy', 'destroy'] : given);
    if (code !== 0) process.stderr.write(`logs of the services: ${join(folder, 'logs')}\n`);
    return code;
  } finally {
    for (const run of listRuns()) if (run.folder === folder) await endRun(run);
  }
}

async function main(): Promise<number> {
  // Set by a person after `npm run e2e:up`.
  const kept = process.env['E2E_RUN'];
  if (kept !== undefined && kept !== '') return runJest(kept, given);
  const nothing = whyNothingToRun();
  if (nothing !== undefined) {
    process.stderr.write(`SKIPPED, the end-to-end suite: ${nothing}\n`);
    return 0;
  }
  const missing = await whatIsMissing();
  if (missing.length === 0) return runOnNewSystem();
  const inCi = process.env['CI'] === 'true';
  for (const sentence of missing)
    process.stderr.write(`${inCi ? 'FAILED' : 'SKIPPED'}, the end-to-end suite: ${sentence}\n`);
  return inCi ? 1 : 0;
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
