import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { dropDatabase } from './database.js';
import { isAlive, startOf, stopProcess, type OwnProcess } from './processes.js';
import { RUNS } from './places.js';

/** Lists what a run created outside its folder, so that a later run can clean up after it. */
export interface RunRecord {
  readonly folder: string;
  readonly owner: Pick<OwnProcess, 'pid' | 'started'>;
  /** True for `npm run e2e:up`, whose system outlives its process. */
  readonly kept: boolean;
  readonly database: string;
  readonly processes: readonly OwnProcess[];
}

/** Number of folders of ended runs that are kept for their logs. */
const KEPT_FOLDERS = 3;

export async function newRun(kept: boolean): Promise<RunRecord> {
  const name = `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}-${process.pid}`;
  const folder = join(RUNS, name);
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const owner = { pid: process.pid, started: await startOf(process.pid) };
  const database = `stac_e2e_${name.replace('-', '_')}`;
  const record = { folder, owner, kept, database, processes: [] };
  saveRun(record);
  return record;
}

/** Where the functions run: outside the project, so that Node.js does not find its package.json and node_modules. */
export function functionsFolder(folder: string): string {
  return join(tmpdir(), `stac-e2e-${basename(folder)}`);
}

/** The root file systems of images, which the emulator runs. */
export function imagesFolder(folder: string): string {
  return join(folder, 'images');
}

export function saveRun(record: RunRecord): void {
  writeFileSync(join(record.folder, 'run.json'), JSON.stringify(record, undefined, 2));
}

export function readRun(folder: string): RunRecord {
  const found = tryReadRun(folder);
  if (found === undefined) throw new Error(`${folder} is not the folder of a running system`);
  return found;
}

function tryReadRun(folder: string): RunRecord | undefined {
  const file = join(folder, 'run.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunRecord) : undefined;
}

export function listRuns(): RunRecord[] {
  if (!existsSync(RUNS)) return [];
  const folders = readdirSync(RUNS).sort();
  return folders.flatMap((name) => tryReadRun(join(RUNS, name)) ?? []);
}

/** Stops the processes of the run, last one first, and drops its database. */
export async function endRun(record: RunRecord): Promise<void> {
  for (const one of record.processes.toReversed()) await stopProcess(one);
  await dropDatabase(record.database);
  rmSync(functionsFolder(record.folder), { recursive: true, force: true });
  rmSync(join(record.folder, 'run.json'), { force: true });
}

/** Ends runs whose owner is gone and prints their folders; removes all but the last few folders. */
export async function cleanUpLeftovers(): Promise<void> {
  for (const record of listRuns()) {
    if (record.kept || (await isAlive(record.owner))) continue;
    process.stderr.write(`cleaning up after an interrupted run: ${record.folder}\n`);
    await endRun(record);
  }
  const ended = existsSync(RUNS) ? readdirSync(RUNS).sort() : [];
  const old = ended.filter((name) => !existsSync(join(RUNS, name, 'run.json')));
  for (const name of old.slice(0, -KEPT_FOLDERS)) rmSync(join(RUNS, name), { recursive: true });
}
