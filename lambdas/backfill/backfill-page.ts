import type { BackfillRun } from './run.js';
import { failureOf } from '../runtime/errors.js';
import type { Counts } from './cursor.js';
import { toRow, type Row } from '../inventory/result-csv.js';
import type { ResultPage } from '../inventory/result-pages.js';
import { sendMessages, type OutgoingMessage, type RefusedMessage } from '../queue/send-messages.js';

// A fault of the pipeline would otherwise fill the log with a line for each row.
const MAX_REPORTED = 100;

/** Sends the messages of a page's rows. Gives what became of them; throws when the queue did not take them. */
export async function sendPage(page: ResultPage, run: BackfillRun): Promise<Counts> {
  const tally: Tally = { skipped: 0, refused: [] };
  const { queue, clock, parallelBatches } = run;
  const messages = messagesOf(page, run, tally);
  const result = await sendMessages(messages, queue, { parallel: parallelBatches, clock });
  const refused = [...tally.refused, ...result.refused];
  report(refused, run);
  const { skipped } = tally;
  return { rows: page.records.length, sent: result.sent, skipped, refused: refused.length };
}

interface Tally {
  skipped: number;
  readonly refused: RefusedMessage[];
}

/** One by one, as the sender takes them: what lives for a whole page is what makes the memory grow. */
function* messagesOf(
  { columns, records }: ResultPage,
  { pipeline }: BackfillRun,
  tally: Tally,
): Generator<OutgoingMessage> {
  for (const record of records) {
    const row = toRow(columns, record);
    try {
      const body: unknown = pipeline.rowToMessageBody(row);
      if (body === undefined || body === null) tally.skipped += 1;
      else if (typeof body === 'string') yield { key: keyOf(row), body };
      else throw new TypeError(`a message is a text, or undefined (given ${typeof body})`);
    } catch (error) {
      const reason = `rowToMessageBody: ${failureOf(error).message}`;
      tally.refused.push({ key: keyOf(row), reason });
    }
  }
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
