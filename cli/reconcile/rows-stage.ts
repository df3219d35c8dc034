import type { Counts } from '../../lambdas/backfill/counts.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import { appended } from './lines.js';
import { escaped } from './lines.js';
import type { LineOf } from './progress.js';
import { readRows, type RowReading } from './read-rows.js';
import type { Reconciliation } from './reconciliation.js';
import type { RowTotals, State } from './state.js';

const EXAMPLES = 5;

/** Reads the rows of all chunks into the workspace. Returns undefined if it was stopped before the end. */
export async function rowsStage(state: State, run: Reconciliation): Promise<State | undefined> {
  let current = state;
  for (const chunk of run.chunks.slice(state.rows.chunks)) {
    const rows = await chunkRows(chunk, current, run);
    if (rows === undefined) return undefined;
    current = { ...current, rows };
    run.workspace.write(current);
  }
  return current;
}

async function chunkRows(
  chunk: string | undefined,
  { rows: before, dt }: State,
  run: Reconciliation,
): Promise<RowTotals | undefined> {
  const { target, workspace, isStopped, show } = run;
  let totals = before;
  const example = (key: string, reason: string): void => {
    if (totals.examples.length < EXAMPLES)
      totals = { ...totals, examples: [...totals.examples, `${key}: ${reason}`] };
  };
  const inventory = reportOf(target.settings.inventory, dt);
  const reading = { target, inventory, chunk, isStopped };
  const counts = await appended(workspace, { path: workspace.rows, bytes: before.bytes }, (file) =>
    readRows(reading, {
      add: ({ id, key, body }) => {
        file.append(`${escaped(id)}\t${escaped(key)}\t${escaped(body)}`);
      },
      unidentified: (key, reason) => {
        example(key, reason);
        totals = { ...totals, unidentified: totals.unidentified + 1 };
      },
      refused: example,
      reset: () => {
        file.reset();
        totals = before;
      },
      flush: ({ rows }) => {
        show('rows', rowsLine(before.rows + rows, chunk));
      },
    }),
  );
  if (counts.result === undefined) return undefined;
  const archivedBytes = await archivedRows(counts.result, before, { ...run, reading });
  if (archivedBytes === undefined) return undefined;
  return { ...sumOf(totals, counts.result), bytes: counts.bytes, archivedBytes };
}

/** Reads the ids of all rows, if some are of archived objects: their Items are not a surplus. Returns the size of the file. */
async function archivedRows(
  { archived = 0 }: Counts,
  { archivedBytes: bytes }: RowTotals,
  { workspace, reading }: Reconciliation & { readonly reading: RowReading },
): Promise<number | undefined> {
  if (archived === 0) return bytes;
  const { target } = reading;
  const all = { ...target, settings: { ...target.settings, readArchived: true } };
  const read = await appended(workspace, { path: workspace.archived, bytes }, (file) =>
    readRows(
      { ...reading, target: all },
      {
        add: ({ id }) => {
          file.append(escaped(id));
        },
        unidentified: () => undefined,
        refused: () => undefined,
        reset: () => {
          file.reset();
        },
        flush: () => undefined,
      },
    ),
  );
  return read.result && read.bytes;
}

function reportOf(inventory: Inventory, dt: string | undefined): Inventory {
  return dt === undefined ? inventory : { ...inventory, pinnedDt: dt };
}

function sumOf(
  totals: RowTotals,
  { rows, skipped, refused, archived = 0 }: Counts,
): Omit<RowTotals, 'bytes' | 'archivedBytes'> {
  return {
    ...totals,
    chunks: totals.chunks + 1,
    rows: totals.rows + rows,
    skipped: totals.skipped + skipped,
    refused: totals.refused + refused,
    archived: totals.archived + archived,
  };
}

function rowsLine(rows: number, chunk: string | undefined): LineOf {
  const name = chunk === undefined ? 'inventory' : `chunk ${chunk}`;
  return (seconds) => ({
    text: `${name}: ${rows} rows, ${Math.round(rows / seconds)}/s`,
  });
}
