import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { QueryError } from '../../lambdas/runtime/errors.js';
import { sqlName, sqlString } from '../../lambdas/inventory/query.js';
import type { Inventory } from '../../lambdas/inventory/inventory.js';
import { readText } from '../../lambdas/inventory/objects.js';
import type { Relation } from '../../lambdas/inventory/engine.js';
import { fileObjects } from './file-objects.js';

// Bytes. DuckDB's own 32 MB for each of some buffers would make a large report take more memory than a small one.
const BUFFER = 'buffer_size=4194304';
const QUOTED = `delim=',', quote='"', escape='"'`;
// A control character that no key of such a list holds: the whole line is the key.
const WHOLE_LINE = `delim='\x01', quote='', escape=''`;

/** The raw columns of a report in a folder of S3 Inventory's layout, or of a listing file. */
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
      'an ORC report cannot be read on this machine: have S3 Inventory deliver CSV or Parquet, or run the backfill in AWS',
      { kind: 'permanent' },
    );
  }
  const files = await reportFiles(location, dt ?? '');
  if (format === 'parquet') return { from: `read_parquet([${files.map(sqlPath).join(', ')}])` };
  return fromCsv(files, columns, QUOTED);
}

function fromCsv(files: readonly string[], columns: readonly string[], dialect: string): Relation {
  const types = columns.map((column) => `${sqlName(column)}: 'VARCHAR'`).join(', ');
  // An empty text in quotes is no null, as for Athena. Nothing is guessed from the first rows.
  const options = `auto_detect=false, header=false, ${dialect}, nullstr='', allow_quoted_nulls=false, ${BUFFER}`;
  return { from: `read_csv([${files.map(sqlPath).join(', ')}], ${options}, columns={${types}})` };
}

/** The files that a report's symlink.txt names. DuckDB does not follow it. */
async function reportFiles(location: string, dt: string): Promise<string[]> {
  const links = `${location}/hive/dt=${dt}/symlink.txt`;
  const text = (await readText(fileObjects, links)) ?? '';
  const lines = text.split('\n').map((line) => line.trim());
  return Promise.all(
    lines.filter((line) => line !== '').map((line) => findLinked(line, { location, links })),
  );
}

/** `s3://destination/prefix/bucket/config-id/data/x.csv.gz`: some tail of it stands in the folder. */
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
    `${links} names ${line}, which is not under ${location}: copy the data folder of the inventory as well`,
    { kind: 'permanent' },
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** DuckDB takes a path for a pattern. */
function sqlPath(path: string): string {
  return sqlString(resolve(path).replace(/[[*?]/g, '[$&]'));
}
