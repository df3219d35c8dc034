import { statSync } from 'node:fs';
import type { MessageQueue } from '../../lambdas/queue/queue.js';
import { codeVersionIn } from '../../lambdas/granule/code-version.js';
import { comparisonOf } from '../reconcile/compare-stage.js';
import type { Comparison } from '../reconcile/compare.js';
import type { Reconciliation } from '../reconcile/reconciliation.js';
import { finish, MAX_AGE_MS, stateOf } from '../reconcile/run.js';
import { sendMissing, type SentMessages } from '../reconcile/send.js';
import type { State } from '../reconcile/state.js';
import { CommandError } from '../shared/command.js';
import { counted } from '../shared/table.js';
import { isOlder } from './versions.js';

export interface ReprocessOptions {
  readonly fresh?: true;
  /** Counts the Items and sends nothing. */
  readonly count?: true;
  readonly yes?: true;
  readonly json?: true;
}

export interface Surroundings {
  readonly version: string;
  readonly options: ReprocessOptions;
  /** Opens the queue for the messages. */
  readonly queue: () => Promise<MessageQueue>;
  readonly ask: (question: string) => Promise<boolean>;
  /** Prints a line on stderr at once. */
  readonly say: (line: string) => void;
}

export interface ReprocessResult {
  /** The report; undefined if the run was stopped before the end. */
  readonly output: string | undefined;
  readonly exitCode: 0 | 1;
}

/**
 * Selects the Items that an older version of the code made, and sends the messages of their granules again. A run that was
 * stopped goes on. Throws PipelineError and CommandError.
 */
export async function reprocess(
  given: Reconciliation,
  around: Surroundings,
): Promise<ReprocessResult> {
  const run = { ...given, selects: madeBefore(around.version, given.target.pipeline) };
  const { options, say } = around;
  const { state, isSending } = await begun(run, around);
  const comparison = comparisonOf(state ?? { comparison: undefined });
  if (state === undefined) return { output: undefined, exitCode: 1 };
  if (comparison === undefined)
    throw new CommandError(`${run.workspace.folder} cannot be read: run the command with --fresh`);
  const found = { run, state, comparison, version: around.version };
  const mayAsk = run.target.kind === 'aws' && options.count === undefined;
  if (mayAsk && comparison.present > 0 && !options.json) say(textOf(found).join('\n'));
  const isSent = mayAsk && comparison.present > 0 && (isSending || (await mayBegin(found, around)));
  const sent = isSent ? await sendMissing(state, run, await around.queue()) : undefined;
  const output = options.json
    ? JSON.stringify(jsonOf(found, sent), undefined, 2)
    : [...(sent === undefined ? textOf(found) : []), sentLine(found, sent)].join('\n');
  const isGood =
    comparison.expected > 0 && (sent === undefined || (sent.isWhole && sent.refused === 0));
  return { output, exitCode: isGood ? 0 : 1 };
}

function madeBefore(version: string, pipeline: string): NonNullable<Reconciliation['selects']> {
  return {
    name: `made before ${version}`,
    accepts: ({ software }) => isOlder(codeVersionIn(software, pipeline), version),
  };
}

interface Found {
  readonly run: Reconciliation;
  readonly state: State;
  readonly comparison: Comparison;
  readonly version: string;
}

/** Goes on with sending what an earlier run selected, or selects. */
async function begun(
  run: Reconciliation,
  { options, say }: Surroundings,
): Promise<{ readonly state: State | undefined; readonly isSending: boolean }> {
  const stored = options.fresh ? undefined : run.workspace.read();
  const state = await stateOf(run, { options, say });
  if (stored !== undefined && isHalfSent(stored, state, run)) {
    say(`going on with sending: ${counted(stored.sent.messages, 'message')} were sent before`);
    run.workspace.write(stored);
    return { state: stored, isSending: true };
  }
  return { state: await finish(state, run), isSending: false };
}

function isHalfSent(
  stored: State,
  { basis }: State,
  { workspace, clock }: Reconciliation,
): boolean {
  const size = statSync(workspace.missing, { throwIfNoEntry: false })?.size ?? 0;
  const age = clock.now() - Date.parse(stored.comparedAt ?? '');
  const { bytes } = stored.sent;
  return stored.basis === basis && age < MAX_AGE_MS && bytes > 0 && bytes < size;
}

async function mayBegin({ run, comparison }: Found, { options, ask, say }: Surroundings) {
  if (options.yes) return true;
  const items = counted(comparison.present, 'Item');
  if (await ask(`Send the messages of ${items} of ${run.target.pipeline} again?`)) return true;
  say('Nothing was sent.');
  return false;
}

function textOf({ run, state, comparison, version }: Found): string[] {
  const { present, surplus } = comparison;
  const { target, workspace } = run;
  const { unidentified, refused } = state.rows;
  return [
    `${target.pipeline}: ${counted(present, 'Item')} to send again, of ${counted(state.items.read, 'Item')} in the catalogue, made before version ${version} or by an unknown one`,
    ...(comparison.samples.missing.length === 0
      ? []
      : [`  such as ${comparison.samples.missing.join(', ')}`]),
    ...(surplus === 0
      ? []
      : [
          `  ${counted(surplus, 'Item')} more have no row in the inventory, so they have no message: ${workspace.surplus}`,
        ]),
    ...(unidentified + refused === 0
      ? []
      : [`  ${counted(unidentified + refused, 'row')} left out, because their Item is unknown`]),
    ...(comparison.expected === 0 ? ['  The inventory has no row that makes an Item.'] : []),
    ...(present === 0 ? [] : [`  messages: ${workspace.messages}`]),
  ];
}

function sentLine({ run, comparison }: Found, sent: SentMessages | undefined): string {
  if (comparison.present === 0) return '  There is nothing to send.';
  if (sent === undefined) {
    return run.target.kind === 'local'
      ? `  To make the Items on this machine: npm run local -- ${run.target.pipeline} --messages ${run.workspace.messages}`
      : '  Nothing was sent.';
  }
  const refused =
    sent.refused === 0 ? '' : `, ${counted(sent.refused, 'message')} refused by the queue`;
  const rest = sent.isWhole ? '' : '; stopped early: the same command goes on';
  return `${run.target.pipeline}: ${counted(sent.messages, 'message')} sent${refused}${rest}`;
}

function jsonOf(
  { run, state, comparison, version }: Found,
  sent: SentMessages | undefined,
): object {
  const { present, surplus, samples } = comparison;
  const { missing: list, messages, surplus: unmatched } = run.workspace;
  return {
    pipeline: run.target.pipeline,
    collection: run.collection,
    madeBefore: version,
    items: state.items.read,
    selected: present,
    withoutRow: surplus,
    unidentified: state.rows.unidentified,
    refused: state.rows.refused,
    rows: state.rows.rows,
    stacApi: run.api,
    chunks: run.chunks.filter((chunk) => chunk !== undefined),
    comparedAt: state.comparedAt,
    samples: samples.missing,
    files: { selected: list, messages, withoutRow: unmatched },
    ...(sent !== undefined && { sent: sent.messages, refusedMessages: sent.refused }),
  };
}
