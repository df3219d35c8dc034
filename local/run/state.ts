import { readFileSync } from 'node:fs';

import { writeWhole } from '../files/whole-file.js';

/** State of the last run. A killed run leaves `running`. */
export type RunState = 'running' | 'interrupted' | 'finished';

export interface RunRecord {
  readonly state: RunState;
  /** Identifies the input of the run: only a run with the same input resumes it. */
  readonly input: string;
}

/** Returns undefined if there was no run or its record cannot be read, so that the next run starts over. */
export function tryReadRunRecord(path: string): RunRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as Partial<RunRecord>;
    return record.state && record.input !== undefined
      ? { state: record.state, input: record.input }
      : undefined;
  } catch {
    return undefined;
  }
}

export function writeRunRecord(path: string, record: RunRecord): void {
  writeWhole(path, `${JSON.stringify(record)}\n`);
}
