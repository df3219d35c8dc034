import { counted } from '../shared/table.js';
import { confirm } from '../shared/terminal.js';
import { isSendable } from './dead-letter.js';
import { filterDeadLetters, type DeadLetterFilter } from './groups.js';
import type { DiscardResult } from './discard.js';
import { discardedText, listText, redriveJson, resultText, type RedriveSubject } from './report.js';
import type { RedriveResult } from './send.js';
import type { DeadLetterStore } from './store.js';

export interface RedriveOptions extends DeadLetterFilter {
  readonly send?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly local?: true;
  readonly discard?: true;
  /** The file to which discarded dead letters are written. */
  readonly to?: string;
  /** Whether to post Items although newer versions of them are in the catalogue. */
  readonly force?: true;
}

export interface RedriveAction {
  /** The pipeline's id. */
  readonly pipeline: string;
  readonly store: DeadLetterStore;
  readonly options: RedriveOptions;
  readonly print: (text: string) => void;
  readonly ask?: (question: string) => Promise<boolean>;
}

/**
 * Lists dead letters, and sends or discards them. Returns the exit code: 1 if any could not be read, sent or discarded, or
 * failed again.
 */
export async function redrive(action: RedriveAction): Promise<0 | 1> {
  const { pipeline, store, options, print } = action;
  const { deadLetters: all, notes } = await store.list();
  const deadLetters = filterDeadLetters(all, options);
  const subject: RedriveSubject = { pipeline, total: all.length, deadLetters, notes };
  if (!options.json) print(listText(subject));
  const result = options.send ? await send(subject, action) : undefined;
  const discarded = options.discard ? await discard(subject, action) : undefined;
  if (options.json) print(redriveJson(subject, { result, discarded }));
  else if (result) print(resultText(result));
  else if (discarded) print(discardedText(discarded, options.to ?? ''));
  else if (!options.send && !options.discard && deadLetters.some(isSendable)) print(HINT);
  const isOpen = discarded?.fault !== undefined;
  return notes.length > 0 || isIncomplete(result) || isOpen ? 1 : 0;
}

async function send(
  { pipeline, deadLetters }: RedriveSubject,
  { store, options, print, ask = confirm }: RedriveAction,
): Promise<RedriveResult | undefined> {
  const readable = deadLetters.filter(isSendable);
  if (readable.length === 0) return undefined;
  const question = `Send ${counted(readable.length, 'message')} of ${pipeline} again?`;
  if (options.yes || (await ask(question)))
    return store.send(readable, { force: options.force ?? false });
  print('Nothing was sent.');
  return undefined;
}

async function discard(
  { pipeline, deadLetters }: RedriveSubject,
  { store, options, print, ask = confirm }: RedriveAction,
): Promise<DiscardResult | undefined> {
  const { to = '' } = options;
  if (deadLetters.length === 0) return undefined;
  const question = `Write ${counted(deadLetters.length, 'dead letter')} of ${pipeline} to ${to} and delete them?`;
  if (options.yes || (await ask(question))) return store.discard(deadLetters, to);
  print('Nothing was deleted.');
  return undefined;
}

function isIncomplete(result: RedriveResult | undefined): boolean {
  if (result === undefined) return false;
  const { refused, fault, failedAgain = 0 } = result;
  return refused.length > 0 || fault !== undefined || failedAgain > 0;
}

const HINT = '\nTo send them again, run the same command with --send.';
