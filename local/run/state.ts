import { readFileSync } from 'node:fs';

import { writeWhole } from '../files/whole-file.js';

/** `running` is also what a run that was killed leaves behind. */
export type RunState = 'running' | 'interrupted' | 'finished';

export interface RunRecord {
  readonly state: RunState;
  /** What the run was asked for: only the same run is taken up again. */
  readonly input: string;
}

/** undefined where there was no run, or its record can't be read: then the next one starts anew. */
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
