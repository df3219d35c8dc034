import { existsSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { tryParseJson } from '../../lambdas/runtime/json.js';
import { LineFile } from '../../local/files/line-file.js';
import { makeFolder } from '../../local/files/run-files.js';
import { writeWhole } from '../../local/files/whole-file.js';
import { ItemProgressSchema, NOTHING_READ } from './api/item-progress.js';

const RowsSchema = z.object({
  /** Number of chunks whose rows have all been read. */
  chunks: z.number(),
  /** Size of the file of rows, up to which it is valid. */
  bytes: z.number(),
  rows: z.number(),
  /** Rows of files that are not granules. */
  skipped: z.number(),
  /** Rows that the backfill refuses. */
  refused: z.number(),
  /** Rows with a message whose Item is unknown, because itemIdOf returns undefined. */
  unidentified: z.number(),
  /** Rows of archived objects, which the backfill leaves out. */
  archived: z.number(),
  /** Size of the file of their ids. */
  archivedBytes: z.number(),
  /** The first rows that were refused or unidentified, with the reason. */
  examples: z.array(z.string()),
});

const StateSchema = z.object({
  /** What the comparison depends on. A run with another basis starts over. */
  basis: z.string(),
  /** The chosen chunks; none for the whole inventory. */
  chunks: z.array(z.string()),
  startedAt: z.string(),
  /** The report that is read, as in BackfillCursor; undefined for a listing. */
  dt: z.optional(z.string()),
  /** When the report or listing was made, in milliseconds since the epoch. */
  reportTime: z.number(),
  rows: RowsSchema,
  items: z.object({
    /** Number of ranges whose Items have all been read. */
    ranges: z.number(),
    bytes: z.number(),
    /** Sum over the ranges before. */
    read: z.number(),
    /** Items that the server counted in these ranges but did not give. */
    short: z.number(),
    progress: ItemProgressSchema,
  }),
  /** When both sides were compared; undefined before. */
  comparedAt: z.optional(z.string()),
  /** The comparison, as the report shows it. */
  comparison: z.optional(z.looseObject({})),
  /** Bytes of the file of missing Items whose messages have been sent, and the number of these messages. */
  sent: z.object({ bytes: z.number(), messages: z.number(), refused: z.number() }),
});

/** How far a comparison is, stored so that a later run goes on. */
export type State = z.infer<typeof StateSchema>;

export type RowTotals = z.infer<typeof RowsSchema>;

export const NO_ROWS: RowTotals = {
  chunks: 0,
  bytes: 0,
  rows: 0,
  skipped: 0,
  refused: 0,
  unidentified: 0,
  archived: 0,
  archivedBytes: 0,
  examples: [],
};

export function newState(
  begin: Pick<State, 'basis' | 'chunks' | 'dt' | 'reportTime'>,
  now: number,
): State {
  return {
    ...begin,
    startedAt: new Date(now).toISOString(),
    rows: NO_ROWS,
    items: { ranges: 0, bytes: 0, read: 0, short: 0, progress: NOTHING_READ },
    sent: { bytes: 0, messages: 0, refused: 0 },
  };
}

/** The files of a comparison. */
export class Workspace {
  readonly rows: string;
  readonly items: string;
  /** The ids of all rows, if some are of archived objects. */
  readonly archived: string;
  readonly missing: string;
  /** The messages of the missing Items, for `npm run local -- <pipeline> --messages`. */
  readonly messages: string;
  readonly surplus: string;
  private readonly state: string;

  /** Creates the folder. Throws OutputError. */
  constructor(readonly folder: string) {
    makeFolder(folder);
    const path = (name: string): string => join(folder, name);
    this.rows = path('rows.tsv');
    this.items = path('items.tsv');
    this.archived = path('archived.tsv');
    this.missing = path('missing.ndjson');
    this.messages = path('messages.ndjson');
    this.surplus = path('surplus.ndjson');
    this.state = path('state.json');
  }

  /** Returns the stored state; undefined if there is none, or if its files are gone or of another version. */
  read(): State | undefined {
    if (!existsSync(this.state)) return undefined;
    const stored = StateSchema.safeParse(tryParseJson(readFileSync(this.state, 'utf8'))).data;
    if (stored === undefined || stored.comparedAt !== undefined) return stored;
    const { rows, items } = stored;
    const isWhole =
      sizeOf(this.rows) >= rows.bytes &&
      sizeOf(this.items) >= items.bytes &&
      sizeOf(this.archived) >= rows.archivedBytes;
    return isWhole ? stored : undefined;
  }

  write(state: State): void {
    writeWhole(this.state, JSON.stringify(state));
  }

  /** Opens a file to append lines after its first `bytes`, which are kept. */
  open(path: string, bytes: number): LineFile {
    if (bytes > 0) truncateSync(path, bytes);
    return new LineFile(path, { fresh: bytes === 0 });
  }

  /** Removes what only an unfinished comparison needs, which may be as large as the inventory. */
  tidy(): void {
    for (const path of [this.rows, this.items, this.archived, join(this.folder, 'query')])
      rmSync(path, { recursive: true, force: true });
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
