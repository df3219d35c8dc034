import { toRow, type Row } from '../inventory/result-csv.js';
import type { ResultPage } from '../inventory/result-pages.js';
import { backfillAttributes } from '../queue/attributes.js';
import type { OutgoingMessage, RefusedMessage } from '../queue/send-messages.js';
import { deepenStacks } from '../runtime/trace.js';
import { reasonOf, tracedFailureOf } from '../runtime/unexpected.js';
import type { HistoricPipeline } from './historic-pipeline.js';
import { RowReads } from './row-reads.js';
import type { BackfillRun } from './run.js';

/** More rows are not logged, because a bug in the pipeline would write one line for each. */
export const MAX_REPORTED = 100;

/** The rows without a message. */
export interface Tally {
  skipped: number;
  readonly refused: RefusedMessage[];
}

/** Yields the messages one by one as the sender requests them, because an array of a page's messages costs memory. */
export function* messagesOf(
  { columns, records }: ResultPage,
  { pipeline, settings: { pipelineId } }: BackfillRun,
  tally: Tally,
): Generator<OutgoingMessage> {
  const attributes = backfillAttributes(pipelineId);
  const reads = new RowReads(columns);
  deepenStacks();
  for (const record of records) {
    const row = toRow(columns, record);
    const made = bodyOf(row, { pipeline, reads });
    if (made === undefined) tally.skipped += 1;
    else if ('body' in made) yield { key: keyOf(row), body: made.body, attributes };
    else tally.refused.push(refusedRow(row, made, tally));
  }
}

interface RowTools {
  readonly pipeline: HistoricPipeline;
  readonly reads: RowReads;
}

interface Fault {
  readonly fault: string;
  /** What rowToMessageBody threw. */
  readonly thrown?: unknown;
}

function refusedRow(row: Row, { fault, thrown }: Fault, { refused }: Tally): RefusedMessage {
  const isTraced = thrown !== undefined && refused.length < MAX_REPORTED;
  const stack = isTraced ? tracedFailureOf(thrown).stack : undefined;
  const reason = `rowToMessageBody: ${fault}`;
  return { key: keyOf(row), reason, ...(stack !== undefined && { stack }) };
}

/** Returns the body of a row's message, why the row is refused, or undefined if it is skipped. */
function bodyOf(
  row: Row,
  { pipeline, reads }: RowTools,
): { readonly body: string } | Fault | undefined {
  try {
    const body: unknown = pipeline.rowToMessageBody(reads.watch(row));
    const isMessage = body !== undefined && body !== null;
    const fault = reads.tryFault({ isMessage });
    if (fault !== undefined) return { fault };
    if (!isMessage) return undefined;
    if (typeof body === 'string') return { body };
    return { fault: `must return a string or undefined (returned ${typeof body})` };
  } catch (thrown) {
    const unselected = reads.tryFault({ isMessage: false });
    const reason = reasonOf(thrown);
    return { thrown, fault: unselected === undefined ? reason : `${unselected}: ${reason}` };
  }
}

function keyOf(row: Row): string {
  return row['key'] ?? Object.values(row)[0] ?? '';
}
