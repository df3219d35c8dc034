import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ACTIONS, type ActionOptions } from '../../../cli/backfill/actions.js';
import type { BackfillSite } from '../../../cli/backfill/site.js';
import { writeInventory } from './inventory-folder.js';

/** Of the one report. */
export const DT = '2022-04-22-01-00';
/** As the config of the pipeline `example` in FIXTURE says. */
export const FIELDS = ['Bucket', 'Key', 'Size'];
export const KEYS = [
  '2022-04-20/a',
  '2022-04-20/b c',
  '2022-04-20/x.skip',
  '2022-04-21/d',
] as const;
/** A project with the pipelines `example` and `plain`, which has no inventory. */
export const FIXTURE = resolve('test/fixtures/backfill');

export interface BackfillFolder {
  readonly path: string;
  readonly inventory: string;
  /** The report again, with other columns. */
  write(fields: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

/** A folder that stands for the bucket of an inventory. */
export async function backfillFolder(): Promise<BackfillFolder> {
  const path = await mkdtemp(join(tmpdir(), 'backfill-'));
  const inventory = join(path, 'prefix/bucket/config-id');
  const rows = KEYS.map((key) => ({ bucket: 'bucket', key, size: 1 }));
  const write = (fields: readonly string[]): Promise<void> =>
    writeInventory({ folder: inventory, dt: DT, format: 'CSV', fields, files: [rows] });
  await write(FIELDS);
  return { path, inventory, write, remove: () => rm(path, { recursive: true }) };
}

export interface Acted {
  readonly code: 0 | 1;
  /** As the command prints it. */
  readonly stdout: string;
  readonly json: object;
}

export type ActedOptions = Pick<ActionOptions, 'chunk' | 'countRows'>;

/** As the command does it, without the second that a process takes to start. */
export async function act(
  site: BackfillSite,
  action: string,
  options: ActedOptions = {},
): Promise<Acted> {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const perform = ACTIONS[action];
  if (perform === undefined) throw new Error(`no action ${action}`);
  try {
    const result = await perform(site, { ...options, isStopped: () => false, say });
    const stdout = [...said, ...result.lines].map((line) => `${line}\n`).join('');
    return { code: result.exitCode, stdout, json: result.json };
  } finally {
    await site.close();
  }
}
