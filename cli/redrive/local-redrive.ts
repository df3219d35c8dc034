import { existsSync, rmSync } from 'node:fs';
import { changedSince } from '../../local/run/beginning.js';
import { inputOf } from '../../local/input/message-feed.js';
import { runLocally } from '../../local/local-run.js';
import { type RunRecord, tryReadRunRecord, writeRunRecord } from '../../local/run/state.js';
import type { RunSummary } from '../../local/run/summary.js';
import { CONCURRENCY, prepareRun, tryParseInputName, type RunInput } from '../local/settings.js';
import { UsageError, type PipelineFolder } from '../shared/command.js';
import {
  failedInProgress,
  finishTakingOut,
  messagesInProgress,
  takeOut,
  type RunFiles,
} from './run-files.js';

export interface LocalRedrive {
  readonly files: RunFiles;
  readonly signal: AbortSignal;
}

export interface RedrivenRun {
  readonly sent: number;
  /** How many of `sent` an interrupted redrive left behind. They run whether or not they were selected now. */
  readonly continued: number;
  /** How many of `sent` became dead letters again. */
  readonly failed: number;
  /** Summary of the last run. */
  readonly summary: RunSummary;
  /** What has changed since the local run, as a clause; undefined if nothing has. */
  readonly changed: string | undefined;
}

/**
 * Runs dead letters of a local run again, in its folder and with its options. They are kept in a file of their own,
 * which is written before they leave the dead letters and deleted after they have run, so a kill loses none. Dead
 * letters that an interrupted redrive left there run first. Throws UsageError and OutputError.
 */
export async function redriveLocally(
  pipeline: PipelineFolder,
  ids: ReadonlySet<string>,
  redrive: LocalRedrive,
): Promise<RedrivenRun> {
  const { files } = redrive;
  const { isContinued, ...run } = earlierRun(pipeline, files);
  if (!isContinued) return runTaken(run, { ...redrive, sent: takeOut(files, ids) });
  const continued = finishTakingOut(files);
  const first = await runTaken(run, { ...redrive, sent: continued });
  const sent = first.summary.isInterrupted ? 0 : takeOut(files, ids);
  if (sent === 0) return { ...first, continued };
  const second = await runTaken(run, { ...redrive, sent });
  return { ...second, sent: continued + sent, continued, failed: first.failed + second.failed };
}

interface EarlierRun {
  readonly pipeline: PipelineFolder;
  readonly record: RunRecord;
  readonly options: RunInput;
}

/** The local run that left the dead letters. Throws UsageError if it cannot be repeated. */
function earlierRun(
  pipeline: PipelineFolder,
  { path, state, inProgress }: RunFiles,
): EarlierRun & { readonly isContinued: boolean } {
  const command = `npm run local -- ${pipeline.id}`;
  const record = tryReadRunRecord(state);
  const isContinued = existsSync(inProgress);
  if (record === undefined || (record.state !== 'finished' && !isContinued)) {
    throw new UsageError(
      `the local run in ${path} is unfinished: run ${command} with the same options until it ends`,
    );
  }
  const options = tryParseInputName(record.input);
  if (options === undefined) {
    throw new UsageError(
      `the local run in ${path} was made by another version of this project: run ${command} again`,
    );
  }
  return { pipeline, record, options, isContinued };
}

async function runTaken(
  { pipeline, record, options }: EarlierRun,
  { files, signal, sent }: LocalRedrive & { readonly sent: number },
): Promise<RedrivenRun> {
  // Only an interrupted run is continued; a finished one would be started over.
  const { input, basis } = record;
  const { basis: now = {}, ...prepared } = await prepareRun(pipeline, options);
  writeRunRecord(files.state, { state: 'interrupted', input, basis: basis ?? now });
  const summary = await runLocally({
    ...prepared,
    input: inputOf(messagesInProgress(files)),
    inputName: input,
    // That of the earlier run, whose other Items stay in the folder.
    basis: basis ?? now,
    folder: files.path,
    fresh: false,
    concurrency: CONCURRENCY,
    terminal: process.stderr,
    signal,
  });
  const failed = failedInProgress(files);
  if (!summary.isInterrupted) rmSync(files.inProgress, { force: true });
  return { sent, continued: 0, failed, summary, changed: basis && changedSince(record, now) };
}
