import type { BackfillRun } from './backfill-run.js';
import { failureOf } from './errors.js';
import type { Counts } from './chunk.js';
import type { Row } from './result-csv.js';
import { sendMessages, type OutgoingMessage, type RefusedMessage } from './send-messages.js';

// A fault of the pipeline would otherwise fill the log with a line for each row.
const MAX_REPORTED = 100;

/** Sends the messages of these rows. Gives what became of them; throws when the queue did not take them. */
export async function sendRows(rows: readonly Row[], run: BackfillRun): Promise<Counts> {
  const { messages, refused, skipped } = messagesOf(rows, run);
  const { queue, clock, parallelBatches } = run;
  const result = await sendMessages(messages, queue, { parallel: parallelBatches, clock });
  const all = [...refused, ...result.refused];
  report(all, run);
  return { rows: rows.length, sent: result.sent, skipped, refused: all.length };
}

function messagesOf(rows: readonly Row[], { pipeline }: BackfillRun) {
  const messages: OutgoingMessage[] = [];
  const refused: RefusedMessage[] = [];
  let skipped = 0;
  for (const row of rows) {
    try {
      const body = pipeline.rowToMessageBody(row);
      if (body === undefined) skipped += 1;
      else messages.push({ key: keyOf(row), body });
    } catch (error) {
      refused.push({ key: keyOf(row), reason: `rowToMessageBody: ${failureOf(error).message}` });
    }
  }
  return { messages, refused, skipped };
}

function keyOf(row: Row): string {
  return row['key'] ?? Object.values(row)[0] ?? '';
}

function report(refused: readonly RefusedMessage[], { log }: BackfillRun): void {
  for (const { key, reason } of refused.slice(0, MAX_REPORTED)) {
    log.error('no message for an object of the inventory', { key, reason });
  }
  const more = refused.length - MAX_REPORTED;
  if (more > 0) log.error('no message for further objects of the inventory', { count: more });
}
