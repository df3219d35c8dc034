import { createHash } from 'node:crypto';
import type { MessageQueue } from '../../lambdas/queue/queue.js';
import { findReport } from '../../lambdas/inventory/report.js';
import { CommandError } from '../shared/command.js';
import { counted } from '../shared/table.js';
import { notesOf } from './notes.js';
import { exitCodeOf, findingJson, type Finding } from './finding.js';
import { findingText } from './text.js';
import { sendMissing, type SentMessages } from './send.js';
import { comparisonOf, compareStage } from './compare-stage.js';
import { itemsStage } from './items-stage.js';
import type { Reconciliation } from './reconciliation.js';
import { rowsStage } from './rows-stage.js';
import { newState, type State } from './state.js';

export interface RunOptions {
  readonly fresh?: true;
  readonly send?: true;
  readonly last?: true;
  readonly yes?: true;
  readonly json?: true;
}

export interface Surroundings {
  readonly options: RunOptions;
  /** Opens the queue for the missing messages. */
  readonly queue: () => Promise<MessageQueue>;
  readonly ask: (question: string) => Promise<boolean>;
  /** Prints a line on stderr at once. */
  readonly say: (line: string) => void;
}

export interface RunResult {
  /** The report; undefined if the run was stopped before the end. */
  readonly output: string | undefined;
  readonly exitCode: 0 | 1;
  /** Undefined if the run was stopped before the end. */
  readonly finding: Finding | undefined;
}

/** Compares the inventory with the catalogue, and sends the messages of the missing Items if asked to. Throws PipelineError and CommandError. */
export async function reconcile(run: Reconciliation, around: Surroundings): Promise<RunResult> {
  const { options } = around;
  const state = options.last ? lastState(run) : await stateOf(run, around);
  const finished = await finish(state, run);
  if (finished === undefined) return { output: undefined, exitCode: 1, finding: undefined };
  const comparison = comparisonOf(finished);
  if (comparison === undefined)
    throw new CommandError(`${run.workspace.folder} cannot be read: run the command with --fresh`);
  const found = {
    run,
    state: finished,
    comparison,
    notes: await notesOf(run, finished, comparison),
  };
  const sent = options.send ? await send({ ...found, sent: undefined }, around) : undefined;
  const finding = { ...found, sent };
  const output = options.json
    ? JSON.stringify(findingJson(finding), undefined, 2)
    : findingText(finding);
  return { output, exitCode: exitCodeOf(finding), finding };
}

/** Reads both sides and compares them, from where the run is. Returns undefined if it was stopped before the end. */
export async function finish(state: State, run: Reconciliation): Promise<State | undefined> {
  if (state.comparedAt !== undefined) return state;
  const withRows = await rowsStage(state, run);
  const withItems = withRows && (await itemsStage(withRows, run));
  return withItems && !run.isStopped() ? compareStage(withItems, run) : undefined;
}

/** An unfinished run that is older than this starts over, because the catalogue has changed since. */
export const MAX_AGE_MS = 24 * 60 * 60 * 1000;

/** Returns the state of an unfinished run of the same comparison, or a new one. */
export async function stateOf(
  run: Reconciliation,
  { options, say }: Pick<Surroundings, 'options' | 'say'>,
): Promise<State> {
  const { target, workspace, clock } = run;
  const stored = options.fresh ? undefined : workspace.read();
  const { inventory } = target.settings;
  const report = await findReport(inventory, target.objects);
  const listing = await listingOf(run);
  const basis = basisOf(run, listing?.eTag);
  const isSame = stored?.basis === basis && stored.comparedAt === undefined;
  if (isSame && clock.now() - Date.parse(stored.startedAt) < MAX_AGE_MS) {
    say(
      `going on with the comparison that began at ${stored.startedAt}: ${counted(stored.rows.rows, 'row')} and ${counted(stored.items.read + stored.items.progress.read, 'Item')} are read (--fresh starts over)`,
    );
    return stored;
  }
  if (stored !== undefined && stored.comparedAt === undefined)
    say(
      `starting over, because the comparison that began at ${stored.startedAt} was of something else, or is more than a day old`,
    );
  const reportTime = listing?.lastModified.getTime() ?? timeOf(report.dt ?? '');
  const state = newState({ basis, chunks: namesOf(run), dt: report.dt, reportTime }, clock.now());
  workspace.write(state);
  return state;
}

async function listingOf({ target: { settings, objects } }: Reconciliation) {
  const { format, location } = settings.inventory;
  if (!format.startsWith('listing')) return undefined;
  return objects.read(location, { offset: 0, length: 1 });
}

function namesOf({ chunks }: Reconciliation): string[] {
  return chunks.filter((chunk) => chunk !== undefined);
}

/** Returns the time of `2022-04-22-01-00`, in milliseconds since the epoch. */
function timeOf(dt: string): number {
  return Date.parse(`${dt.slice(0, 10)}T${dt.slice(11).replace('-', ':')}:00Z`);
}

/** What a comparison depends on. A run keeps the report that it began with. */
function basisOf(
  { target, collection, api, chunks, pageSize, selects }: Reconciliation,
  eTag = '',
): string {
  const { pipeline } = target.historic;
  const code = [pipeline.queryInventory, pipeline.rowToMessageBody, pipeline.itemIdOf].map(String);
  const { location, format } = target.settings.inventory;
  return createHash('sha256')
    .update(
      JSON.stringify([
        target.pipeline,
        collection,
        api,
        chunks,
        pageSize,
        location,
        format,
        eTag,
        code,
        ...(selects === undefined ? [] : [selects.name]),
      ]),
    )
    .digest('base64url');
}

/** Returns the state of the last comparison, if it was the same one and not long ago. Throws CommandError. */
function lastState(run: Reconciliation): State {
  const stored = run.workspace.read();
  const age = run.clock.now() - Date.parse(stored?.comparedAt ?? '');
  const isSame = stored?.chunks.join('\n') === namesOf(run).join('\n');
  if (stored?.comparedAt !== undefined && isSame && age < MAX_AGE_MS) return stored;
  throw new CommandError(
    `--last needs a comparison of the same chunks in the last 24 hours in ${run.workspace.folder}: omit --last, so that both sides are compared now`,
  );
}

async function send(finding: Finding, around: Surroundings): Promise<SentMessages | undefined> {
  const { run, state, comparison } = finding;
  if (comparison.missing === 0) return { messages: 0, refused: 0, isWhole: true };
  const { options, ask, say } = around;
  if (!options.json) say(findingText(finding));
  const question = `Send the messages of ${counted(comparison.missing, 'missing Item')} of ${run.target.pipeline} to its queue?`;
  if (!options.yes && !(await ask(question))) {
    say('Nothing was sent.');
    return undefined;
  }
  return sendMissing(state, run, await around.queue());
}
