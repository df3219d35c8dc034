import { existsSync } from 'node:fs';
import { basename } from 'node:path';

import { countLines } from '../files/run-files.js';
import type { RunTarget } from './endpoints.js';
import { type RunKey, type RunRecord, tryReadRunRecord } from './state.js';

/** What a run does with the one before: resumes it, replaces a finished one, or discards an unfinished one. */
export type Beginning =
  | { readonly kind: 'resume' | 'new' }
  /** `reason` is a clause, such as `the code of sentinel1 has changed since`. */
  | { readonly kind: 'restart'; readonly reason: string };

/** Compares a run with the record of the one before. */
export function beginningOf(path: string, key: RunKey): Beginning {
  const record = tryReadRunRecord(path);
  if (record === undefined) {
    return existsSync(path)
      ? { kind: 'restart', reason: `its state in ${path} cannot be read` }
      : { kind: 'new' };
  }
  if (record.state === 'finished') return { kind: 'new' };
  if (record.input !== key.input) {
    return { kind: 'restart', reason: 'it has other options' };
  }
  const changed = changedSince(record, key.basis);
  return changed === undefined ? { kind: 'resume' } : { kind: 'restart', reason: changed };
}

/** Says what has changed since a run, as a clause; undefined if nothing has. */
export function changedSince(
  { basis }: Pick<RunRecord, 'basis'>,
  now: RunKey['basis'],
): string | undefined {
  if (basis === undefined) return 'an earlier version of this project made it';
  const names = [...new Set([...Object.keys(now), ...Object.keys(basis)])];
  const changed = names.filter((name) => basis[name] !== now[name]);
  if (changed.length === 0) return undefined;
  return `${changed.join(' and ')} ${changed.length === 1 ? 'has' : 'have'} changed since`;
}

/** The sentence for a run that starts over. `results` are the files whose lines are removed. */
export function restartText(path: string, reason: string, results: readonly string[]): string {
  const removed = results.flatMap((file) => {
    const lines = countLines(file);
    return lines === 0 ? [] : [`${basename(file)} (${lines} ${lines === 1 ? 'line' : 'lines'})`];
  });
  const what = removed.length === 0 ? '' : `; its results are removed: ${removed.join(', ')}`;
  return `${path} holds an unfinished run, but ${reason}: starting over${what}`;
}

/** What to add to that sentence if the Items went to an ingestor elsewhere, from which nothing is removed. */
export function postedText(target: RunTarget): string {
  const url = target.kind === 'ingestor' ? target.access.ingestorUrl : undefined;
  return url === undefined ? '' : `; what it posted to ${url} stays there until it is posted again`;
}
