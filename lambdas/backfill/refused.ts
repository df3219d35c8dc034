import { backfillAttributes, ROW_ATTRIBUTE } from '../queue/attributes.js';
import { fitted } from '../queue/dead-letters.js';
import { DEFAULT_MAX_BYTES } from '../queue/limits.js';
import { sendMessages, type OutgoingMessage, type RefusedMessage } from '../queue/send-messages.js';
import { QueryError } from '../runtime/errors.js';
import { cutReason } from '../runtime/unexpected.js';
import { MAX_REPORTED } from './rows.js';
import type { BackfillCursor } from './cursor.js';
import { chunkName, type BackfillRun } from './run.js';

/** A chunk fails if a greater share of its rows is refused. */
const MAX_SHARE = 0.01;
/** If the first rows of a chunk are all refused, the others are not read. */
const MIN_ROWS = 1_000;
const MAX_CHARACTERS = 2_000;

/** Thrown when so many rows of a chunk were refused that the pipeline or its query must be wrong. */
export class RefusedRowsError extends QueryError {}

/** Returns a refused row as the cursor stores it and the log names it. */
export function shortened({ key, reason }: RefusedMessage): RefusedMessage {
  return { key: key.slice(0, MAX_CHARACTERS), reason: cutReason(reason, MAX_CHARACTERS) };
}

/** Where a refused row is from. */
export type Place = Pick<BackfillCursor, 'chunk' | 'dt' | 'listing'>;

/** Logs refused rows and sends one dead letter for each. Throws SendError. */
export async function reportRefused(
  refused: readonly RefusedMessage[],
  run: BackfillRun,
  place: Place,
): Promise<void> {
  if (refused.length === 0) return;
  const { deadLetters, meter, clock, parallelBatches, log } = run;
  const letters = refused.map((row) => deadLetterOf(row, run, place));
  const options = { parallel: parallelBatches, clock };
  const { refused: lost } = await sendMessages(letters, deadLetters, options);
  meter.count('RowsRefused', refused.length);
  meter.publish();
  for (const row of refused.slice(0, MAX_REPORTED)) {
    log.error('row refused: no message was sent', { ...row, ...shortened(row) });
  }
  const more = refused.length - MAX_REPORTED;
  if (more > 0) log.error('more rows refused', { count: more });
  for (const row of lost.map(shortened))
    log.error('row refused, without a dead letter', { ...row });
}

/** The body only names the row. The reason is in the attributes, as in other dead letters. */
function deadLetterOf(
  { key, reason }: RefusedMessage,
  { settings: { pipelineId }, clock }: BackfillRun,
  { chunk, dt, listing }: Place,
): OutgoingMessage {
  const name = key.slice(0, MAX_CHARACTERS);
  const body = JSON.stringify({ refused_row: { key: name, chunk, report: dt ?? listing } });
  const kept = backfillAttributes(pipelineId);
  const wanted = {
    [ROW_ATTRIBUTE]: name === '' ? '(no key)' : name,
    reason: cutReason(reason, MAX_CHARACTERS),
    error: 'RefusedRow',
    kind: 'permanent',
    failed_at: new Date(clock.now()).toISOString(),
  };
  const room = DEFAULT_MAX_BYTES / 2;
  return { key, body, attributes: { ...kept, ...fitted(Object.entries(wanted), room) } };
}

/**
 * Throws RefusedRowsError if every row of the chunk that was not skipped was refused, or more than 1 % of its rows. The
 * rest of the chunk is not read once that is clear: the number of its rows is estimated from the size of the result.
 */
export function checkRefused(cursor: BackfillCursor, { isEnd }: { readonly isEnd: boolean }): void {
  const { rows, sent, refused } = cursor.counts;
  if (refused === 0) return;
  const isNone = isEnd ? sent === 0 : refused === rows && rows >= MIN_ROWS;
  if (!isNone && refused <= totalRows(cursor, isEnd) * MAX_SHARE) return;
  throw new RefusedRowsError(refusedText(cursor, { isEnd, isNone }), { kind: 'permanent' });
}

function totalRows({ counts, result }: BackfillCursor, isEnd: boolean): number {
  if (isEnd || result === undefined || result.offset === 0) return counts.rows;
  return (counts.rows * result.size) / result.offset;
}

function refusedText(
  { chunk, counts, firstRefused }: BackfillCursor,
  { isEnd, isNone }: { readonly isEnd: boolean; readonly isNone: boolean },
): string {
  const { rows, sent, refused } = counts;
  const share = isNone ? 'no row became a message' : 'more than 1 %';
  const first = firstRefused && `, the first '${firstRefused.key}': ${firstRefused.reason}`;
  const rest = isEnd ? '' : ' The other rows were not read.';
  return (
    `${refused} of ${rows} rows of ${chunkName(chunk)} were refused (${share})${first ?? ''}.${rest} ` +
    `Fix rowToMessageBody, or the columns that queryInventory selects, in historic.ts and start the chunk again; ` +
    `rowToMessageBody skips a row if it returns undefined. ` +
    (sent === 0 ? 'Nothing was sent' : `The ${sent} messages that were sent stay sent`)
  );
}
