import { readFileSync } from 'node:fs';

import { writeWhole } from '../files/whole-file.js';

/** State of the last run. A killed run leaves `running`. */
export type RunState = 'running' | 'interrupted' | 'finished';

/** Identifies a run: only a run with the same key resumes it, so that no results of different work are mixed. */
export interface RunKey {
  /** Identifies the input and where the Items go. */
  readonly input: string;
  /** What else the Items depend on, by a name for messages: `the code of <pipeline>` with a hash, and config keys. */
  readonly basis: Readonly<Record<string, string>>;
}

/** A run of an earlier version of this project has no basis. */
export interface RunRecord extends Omit<RunKey, 'basis'> {
  readonly state: RunState;
  readonly basis?: RunKey['basis'] | undefined;
}

/** Returns undefined if there was no run or its record cannot be read, so that the next run starts over. */
export function tryReadRunRecord(path: string): RunRecord | undefined {
  try {
    const { state, input, basis } = JSON.parse(readFileSync(path, 'utf8')) as Partial<RunRecord>;
    return state && input !== undefined ? { state, input, ...(basis && { basis }) } : undefined;
  } catch {
    return undefined;
  }
}

export function writeRunRecord(path: string, record: RunRecord): void {
  writeWhole(path, `${JSON.stringify(record)}\n`);
}
