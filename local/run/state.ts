import { readFileSync } from 'node:fs';

import { writeWhole } from '../files/whole-file.js';

/** State of a run; a killed run stays `running`. */
export type RunState = 'running' | 'interrupted' | 'finished';

export interface RunRecord {
  readonly state: RunState;
  /** Options of the run: only a run with the same ones continues it. */
  readonly input: string;
}

/** Returns undefined if there was no run or its record cannot be read, so the next run starts over. */
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
