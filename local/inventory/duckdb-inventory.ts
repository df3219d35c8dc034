import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { QueryError } from '../../lambdas/runtime/errors.js';
import { sqlName, sqlString } from '../../lambdas/inventory/query.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import { readText } from '../../lambdas/inventory/objects.js';
import type { Relation } from '../../lambdas/inventory/engine.js';
import { fileObjects } from './file-objects.js';

// In bytes. With DuckDB's default of 32 MB per buffer, memory use would grow with the size of the report.
const BUFFER = 'buffer_size=4194304';
const QUOTED = `delim=',', quote='"', escape='"'`;
// The delimiter is a control character that does not occur in keys, so the whole line is the key.
const WHOLE_LINE = `delim='\x01', quote='', escape=''`;

/** Returns a relation of the raw columns of a report (a folder in the layout of S3 Inventory) or of a listing. */
export async function duckDbRelation(
  inventory: Inventory,
  dt: string | undefined,
): Promise<Relation> {
  const { format, location, columns } = inventory;
  if (format === 'listing-csv')
    return fromCsv([location], ['key'], `${QUOTED}, null_padding=true, strict_mode=false`);
  if (format === 'listing-text')
    return fromCsv([location], ['key'], `${WHOLE_LINE}, strict_mode=false`);
  if (format === 'orc') {
    throw new QueryError(
      'DuckDB cannot read ORC reports: configure S3 Inventory to deliver CSV or Parquet, or run the backfill in AWS',
      { kind: 'permanent' },
    );
  }
  const files = await reportFiles(location, dt ?? '');
  if (format === 'parquet') return { from: `read_parquet([${files.map(sqlPath).join(', ')}])` };
  return fromCsv(files, columns, QUOTED);
}

function fromCsv(files: readonly string[], columns: readonly string[], dialect: string): Relation {
  const types = columns.map((column) => `${sqlName(column)}: 'VARCHAR'`).join(', ');
  // As in Athena, an empty quoted value is not null. Auto-detection would guess types from the first rows.
  const options = `auto_detect=false, header=false, ${dialect}, nullstr='', allow_quoted_nulls=false, ${BUFFER}`;
  return { from: `read_csv([${files.map(sqlPath).join(', ')}], ${options}, columns={${types}})` };
}

/** Reads symlink.txt, which lists the files of a report, because DuckDB does not. */
async function reportFiles(location: string, dt: string): Promise<string[]> {
  const links = `${location}/hive/dt=${dt}/symlink.txt`;
  const text = (await readText(fileObjects, links)) ?? '';
  const lines = text.split('\n').map((line) => line.trim());
  return Promise.all(
    lines.filter((line) => line !== '').map((line) => findLinked(line, { location, links })),
  );
}

/** Finds a file by the end of its href, such as `s3://destination/prefix/bucket/config-id/data/x.csv.gz`. */
async function findLinked(
  line: string,
  { location, links }: { readonly location: string; readonly links: string },
): Promise<string> {
  const segments = line.replace(/^s3:\/\//, '').split('/');
  for (let skip = 0; skip < segments.length; skip += 1) {
    const path = resolve(location, segments.slice(skip).join('/'));
    if (await exists(path)) return path;
  }
  throw new QueryError(
    `${links} lists ${line}, which does not exist in ${location}: copy the data folder of the inventory there, too`,
    { kind: 'permanent' },
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Escapes the characters of a path that DuckDB would treat as a pattern. */
function sqlPath(path: string): string {
  return sqlString(resolve(path).replace(/[[*?]/g, '[$&]'));
}
