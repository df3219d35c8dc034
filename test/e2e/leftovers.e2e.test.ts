import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { sql } from './system/database.js';
import { RUNS } from './system/places.js';
import { isAlive, startOf, stopProcess } from './system/processes.js';
import { cleanUpLeftovers, functionsFolder, saveRun, type RunRecord } from './system/run-record.js';

const DATABASE = `stac_e2e_left_${process.pid}`;
const folder = join(RUNS, `00000000000000-${process.pid}`);
const NO_PROCESS = { pid: 1, started: 'Thu Jan  1 00:00:00 1970' };

afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await sql(`drop database if exists ${DATABASE}`);
});

async function sleeper() {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  child.unref();
  const { pid = 0 } = child;
  return { name: 'sleeper', pid, started: await startOf(pid), log: join(folder, 'none') };
}

/** Writes the record of a run that was killed before it could clean up. */
async function leave(change: Partial<RunRecord>): Promise<void> {
  mkdirSync(functionsFolder(folder), { recursive: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'run.log'), '');
  await sql(`create database ${DATABASE}`);
  const record = { folder, owner: NO_PROCESS, kept: false, database: DATABASE, processes: [] };
  saveRun({ ...record, ...change });
}

const databases = () => sql(`select count(*) from pg_database where datname = '${DATABASE}'`);

test('the next run removes what a killed run left behind: processes, database, functions', async () => {
  const process = await sleeper();
  await leave({ processes: [process] });

  await cleanUpLeftovers();

  expect(await isAlive(process)).toBe(false);
  expect(await databases()).toBe('0');
  expect(existsSync(functionsFolder(folder))).toBe(false);
  expect(existsSync(join(folder, 'run.json'))).toBe(false);
});

test('a process with a recorded pid and another start time is left alone', async () => {
  const other = await sleeper();
  await leave({ processes: [{ ...other, started: NO_PROCESS.started }] });

  await cleanUpLeftovers();

  expect(await isAlive(other)).toBe(true);
  await stopProcess(other);
});

test.each([
  ['is kept by e2e:up', true],
  ['still has its owner', false],
])('a run that %s is left alone', async (_what, kept) => {
  const own = { pid: process.pid, started: await startOf(process.pid) };
  await leave({ kept, owner: kept ? NO_PROCESS : own });

  await cleanUpLeftovers();

  expect(await databases()).toBe('1');
  expect(existsSync(join(folder, 'run.json'))).toBe(true);
});
