import { randomUUID } from 'node:crypto';
import { findReport } from '../../lambdas/inventory/report.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import { inventoryQuery, sqlString } from '../../lambdas/inventory/query.js';
import type { QueryEngine } from '../../lambdas/inventory/engine.js';
import { readText, type ObjectReader } from '../../lambdas/inventory/objects.js';
import { parseRecords, toRow, type Row } from '../../lambdas/inventory/result-csv.js';
import { systemClock, type Clock } from '../../lambdas/runtime/clock.js';
import { CommandError } from '../shared/command.js';
import { isoTime } from '../redrive/dead-letter.js';
import type { TraceEvent } from './event.js';
import type { Answer, Asking, Source } from './source.js';
import { mentions, placeOf, type TraceSubject } from './subject.js';

export interface InventorySearch {
  readonly inventory: Inventory;
  readonly engine: QueryEngine;
  readonly objects: ObjectReader;
  readonly clock?: Pick<Clock, 'now' | 'sleep'>;
}

const MOST_ROWS = 50;
const POLL_MS = 500;
const TIME_COLUMN = 'last_modified_date';

/** The objects of the inventory's newest report whose keys have the given text. Costs a query of Athena. */
export function inventoryObjects(search: InventorySearch): Source {
  return {
    name: 'inventory',
    // What other sources find out is in the keys anyway, and each query reads the whole report.
    wants: ({ given }) => [keyText(given)],
    ask: (asking) => ask(search, asking),
  };
}

function keyText(given: string): string {
  return placeOf(given)?.key ?? given;
}

async function ask(
  { inventory, engine, objects, clock = systemClock }: InventorySearch,
  { subject, deadline }: Asking,
): Promise<Answer> {
  const { dt, inventoryDate } = await findReport(inventory, objects);
  const sql = inventoryQuery({
    dialect: engine.dialect,
    inventory,
    relation: await engine.relation(inventory, dt),
    select: selectFor(keyText(subject.given), inventory),
  });
  const queryId = await engine.start(sql, randomUUID());
  for (;;) {
    const query = await engine.state(queryId);
    if (query.state === 'failed')
      throw new CommandError(`the query of the inventory failed: ${query.reason}`);
    if (query.state === 'succeeded') {
      const rows = rowsIn((await readText(objects, query.resultHref)) ?? '');
      const report = dt === undefined ? `the listing of ${inventoryDate}` : `the report ${dt}`;
      return answerOf(rows, report, subject);
    }
    if (clock.now() >= deadline) {
      await engine.stop(queryId).catch(() => undefined);
      const note =
        'the query of the inventory had not ended in the time: wait longer with --wait <seconds>';
      return { events: [], note };
    }
    await clock.sleep(POLL_MS);
  }
}

function selectFor(text: string, { columns }: Inventory): string {
  const shown = ['key', ...['size', TIME_COLUMN].filter((column) => columns.includes(column))];
  return `SELECT ${shown.join(', ')} FROM inventory WHERE strpos(key, ${sqlString(text)}) > 0 LIMIT ${MOST_ROWS}`;
}

function rowsIn(csv: string): Row[] {
  const [header = [], ...records] = parseRecords(Buffer.from(csv), true).records;
  const columns = header.map((name) => name ?? '');
  return records.map((record) => toRow(columns, record));
}

function answerOf(rows: readonly Row[], report: string, { given }: TraceSubject): Answer {
  const own = rows.filter(({ key = '' }) => mentions(key, [keyText(given)]));
  const note =
    rows.length < MOST_ROWS ? undefined : `only ${MOST_ROWS} keys that contain the text were read`;
  return { events: own.map((row) => objectEvent(row, report)), note };
}

function objectEvent({ key = '', size, [TIME_COLUMN]: modified }: Row, report: string): TraceEvent {
  const bytes = size === undefined ? '' : `, ${size} bytes`;
  const at = isoTime(modified === undefined ? undefined : `${modified.replace(' ', 'T')}Z`);
  return {
    source: 'inventory',
    kind: 'object',
    at,
    what: `the object is in ${report}${bytes}${at === undefined ? '' : ', and was written at this time'}`,
    about: key,
  };
}
