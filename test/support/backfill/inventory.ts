import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ActionOptions } from '../../../cli/backfill/action.js';
import { ACTIONS } from '../../../cli/backfill/actions.js';
import type { BackfillTarget } from '../../../cli/backfill/target.js';
import { writeInventory } from './inventory-folder.js';

/** Date of the only report. */
export const DT = '2022-04-22-01-00';
/** inventory_fields of the pipeline `example` in FIXTURE. */
export const FIELDS = ['Bucket', 'Key', 'Size'];
export const KEYS = [
  '2022-04-20/a',
  '2022-04-20/b c',
  '2022-04-20/x.skip',
  '2022-04-21/d',
] as const;
/** A project with two pipelines: `example`, and `plain`, which has no inventory. */
export const FIXTURE = resolve('test/fixtures/backfill');

export interface BackfillFolder {
  readonly path: string;
  readonly inventory: string;
  /** Overwrites the report with other columns. */
  write(fields: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

/** Creates a folder that stands in for the bucket of an inventory. */
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
  /** The output of the command. */
  readonly stdout: string;
  readonly json: object;
}

export type ActedOptions = Omit<ActionOptions, 'isStopped' | 'say'>;

/** Performs an action within this process, which saves the second that a command takes to start. */
export async function act(
  target: BackfillTarget,
  action: string,
  options: ActedOptions = {},
): Promise<Acted> {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const perform = ACTIONS[action];
  if (perform === undefined) throw new Error(`no action ${action}`);
  try {
    const result = await perform(target, { ...options, isStopped: () => false, say });
    const stdout = [...said, ...result.lines].map((line) => `${line}\n`).join('');
    return { code: result.exitCode, stdout, json: result.json };
  } finally {
    await target.close();
  }
}
