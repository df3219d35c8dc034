import type { BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { chunkName } from '../../lambdas/backfill/run.js';
import { counted } from '../shared/table.js';
import { confirm } from '../shared/terminal.js';
import type { ActionOptions } from './action.js';
import type { BackfillTarget } from './target.js';

/** Whether a restart may discard the progress that there is. Throws UsageError if no one can be asked. */
export async function mayDiscard(
  { pipeline, cursors }: BackfillTarget,
  { yes, ask = confirm }: ActionOptions,
): Promise<boolean> {
  const cursor = (await cursors.read())?.cursor;
  if (cursor === undefined || yes) return true;
  const { chunks, stage, chunk } = cursor;
  return ask(
    `Discard the progress of ${pipeline} (${counted(chunks, 'chunk')} done; ${chunkName(chunk)} is ${stage}) and start again?`,
  );
}

/**
 * Whether to begin what costs money or sends messages but discards nothing. A person is asked; a script has decided when it
 * ran the command, since what it begins can be paused.
 */
export async function mayBegin(
  question: string,
  { yes, ask }: Pick<ActionOptions, 'yes' | 'ask'>,
): Promise<boolean> {
  if (yes) return true;
  if (ask !== undefined) return ask(question);
  return process.stdin.isTTY ? confirm(question) : true;
}

/** A run that was killed keeps its lease for up to a minute, in which no other run can work. */
export function leaseNotes(cursor: BackfillCursor | undefined, now = Date.now()): string[] {
  const left = (cursor?.lease?.until ?? 0) - now;
  if (left <= 0) return [];
  return [
    `Another run works on it now. If that run was killed, run this again in ${Math.ceil(left / 1000)} s; otherwise the ` +
      'keeper continues the backfill within 15 minutes.',
  ];
}
