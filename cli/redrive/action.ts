import { confirm } from '../shared/confirm.js';
import type { DeadLetter } from './dead-letter.js';
import { filterLetters, type LetterFilter } from './groups.js';
import type { DeadLetterStore } from './store.js';
import { listText, redriveJson, resultText, type RedriveSubject } from './report.js';
import type { RedriveResult } from './send.js';
import { counted } from '../shared/table.js';

export interface RedriveOptions extends LetterFilter {
  readonly send?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly local?: true;
}

export interface RedriveAction {
  /** The pipeline's id. */
  readonly pipeline: string;
  readonly store: DeadLetterStore;
  readonly options: RedriveOptions;
  readonly print: (text: string) => void;
  readonly ask?: (question: string) => Promise<boolean>;
}

/** Lists, and sends where that is asked for. Gives the exit code: 1 where something was not read or not sent. */
export async function redrive(action: RedriveAction): Promise<0 | 1> {
  const { pipeline, store, options, print } = action;
  const { letters: all, notes } = await store.list();
  const letters = filterLetters(all, options);
  const subject: RedriveSubject = { pipeline, total: all.length, letters, notes };
  if (!options.json) print(listText(subject));
  const result = options.send ? await send(subject, action) : undefined;
  if (options.json) print(redriveJson(subject, result));
  else if (result) print(resultText(result));
  else if (!options.send && letters.some(isReadable)) print(hint(subject, options));
  return notes.length > 0 || isIncomplete(result) ? 1 : 0;
}

async function send(
  { pipeline, letters }: RedriveSubject,
  { store, options, print, ask = confirm }: RedriveAction,
): Promise<RedriveResult | undefined> {
  const readable = letters.filter(isReadable);
  if (readable.length === 0) return undefined;
  const question = `Send ${counted(readable.length, 'message')} of ${pipeline} again?`;
  if (options.yes || (await ask(question))) return store.send(readable);
  print('Nothing was sent.');
  return undefined;
}

function isReadable({ malformed }: DeadLetter): boolean {
  return malformed === undefined;
}

function isIncomplete(result: RedriveResult | undefined): boolean {
  return result !== undefined && (result.refused.length > 0 || result.fault !== undefined);
}

function hint({ pipeline }: RedriveSubject, { local }: RedriveOptions): string {
  const command = `npm run redrive -- ${pipeline}${local ? ' --local' : ''} --send`;
  return `\nTo send them again: ${command}, with the same filters.`;
}
