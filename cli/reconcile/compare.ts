import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import * as z from 'zod/mini';
import { IS_MISSING, IS_SURPLUS, relation } from './relation.js';
import { writeMissing, writeSurplus } from './lists.js';
import type { Workspace } from './state.js';

/** What is known of an Item that no row of the inventory makes. */
export type ItemFlag =
  /** Its granule should be in the inventory. */
  | 's'
  /** Its granule may be younger than the inventory. */
  | 'y'
  /** Its granule may be in another chunk. */
  | 'o';

export const ComparisonSchema = z.object({
  /** Items that the rows of the inventory make. */
  expected: z.number(),
  /** Expected Items that are in the catalogue. */
  present: z.number(),
  /** Expected Items that are not in the catalogue. */
  missing: z.number(),
  /** Items of the catalogue that no row makes. */
  surplus: z.number(),
  /** Items that no row makes, and whose granules may be younger than the inventory. */
  younger: z.number(),
  /** Items of archived objects, which the backfill leaves out. */
  archived: z.number(),
  /** Rows whose Item another row makes, too, such as that of a newer version. */
  superseded: z.number(),
  /** Items that the catalogue gave more than once, without the first time. */
  repeated: z.number(),
  samples: z.object({ missing: z.array(z.string()), surplus: z.array(z.string()) }),
});

export type Comparison = z.infer<typeof ComparisonSchema>;

interface CompareOptions {
  readonly hasArchived: boolean;
  /** Which of the Items that rows make are listed with their messages. @default those that are missing */
  readonly listed?: string;
}

/** Limit of DuckDB, which takes about 250 MB more. What does not fit is written to the disk. */
const MEMORY_MB = 512;
const THREADS = 2;

/**
 * Compares the ids of both sides, and writes the lists of missing and surplus Items, sorted by id. What does not fit
 * into memory goes to the disk.
 */
export async function compare(
  workspace: Workspace,
  { hasArchived, listed = IS_MISSING }: CompareOptions,
): Promise<Comparison> {
  const scratch = join(workspace.folder, 'compare');
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const instance = await DuckDBInstance.create(join(scratch, 'ids.duckdb'), {
    memory_limit: `${MEMORY_MB}MB`,
    threads: String(THREADS),
    temp_directory: join(scratch, 'spill'),
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  try {
    await connection.run(idsOf(workspace, hasArchived));
    const counts = await countsIn(connection);
    const samples = {
      missing: await writeMissing(connection, workspace, listed),
      surplus: await writeSurplus(connection, workspace),
    };
    return { ...counts, samples };
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** One row for each id, with the number of rows and of Items that have it. */
function idsOf({ rows, items, archived }: Workspace, hasArchived: boolean): string {
  const all = hasArchived
    ? `UNION ALL SELECT id, 0, 0, 'a' FROM ${relation(archived, ['id'])}`
    : '';
  return `CREATE TABLE ids AS
    SELECT id, sum(made)::INTEGER AS made, sum(found)::INTEGER AS found,
      bool_or(flag = 's') AS stays, bool_or(flag = 'y') AS young, bool_or(flag = 'a') AS kept
    FROM (
      SELECT id, 1 AS made, 0 AS found, '' AS flag FROM ${relation(rows, ['id', 'key', 'body'])}
      UNION ALL
      SELECT id, 0, 1, flag FROM ${relation(items, ['id', 'flag'])}
      ${all}
    ) GROUP BY id`;
}

async function countsIn(connection: DuckDBConnection): Promise<Omit<Comparison, 'samples'>> {
  const reader = await connection.runAndReadAll(`SELECT
    count(*) FILTER (made > 0) AS expected,
    count(*) FILTER (made > 0 AND found > 0) AS present,
    count(*) FILTER (${IS_MISSING}) AS missing,
    count(*) FILTER (${IS_SURPLUS}) AS surplus,
    count(*) FILTER (made = 0 AND NOT stays AND young AND NOT kept) AS younger,
    count(*) FILTER (made = 0 AND found > 0 AND kept) AS archived,
    coalesce(sum(made - 1) FILTER (made > 0), 0) AS superseded,
    coalesce(sum(found - 1) FILTER (found > 0), 0) AS repeated
    FROM ids`);
  const [row = {}] = reader.getRowObjectsJson();
  const count = (name: string): number => Number(row[name]);
  return {
    expected: count('expected'),
    present: count('present'),
    missing: count('missing'),
    surplus: count('surplus'),
    younger: count('younger'),
    archived: count('archived'),
    superseded: count('superseded'),
    repeated: count('repeated'),
  };
}
