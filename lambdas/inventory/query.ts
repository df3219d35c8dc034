import { QueryError } from '../runtime/errors.js';
import type { Inventory } from './inventory.js';
import type { Dialect, Relation } from './engine.js';

export interface InventoryQueryInput {
  readonly dialect: Dialect;
  readonly inventory: Inventory;
  readonly relation: Relation;
  /** The author's SELECT from `inventory`. */
  readonly select: string;
}

// Rows about versions are filtered by these, and then say nothing any more.
const VERSION_COLUMNS = ['is_latest', 'is_delete_marker'];
const TIMESTAMPS = ['last_modified_date', 'object_lock_retain_until_date'];

/**
 * The text to run: a CTE `inventory`, then the author's SELECT.
 *
 * `inventory` holds one row for each current object of the report: `key` as S3 knows it, `size bigint`,
 * `last_modified_date timestamp` in UTC, and the other configured fields in snake case; nothing but `key` for a
 * listing. What the report leaves out is null. Only what inventory-functions.ts lists means the same on both engines.
 */
export function inventoryQuery({
  dialect,
  inventory,
  relation,
  select,
}: InventoryQueryInput): string {
  const columns = inventory.columns
    .filter((column) => !VERSION_COLUMNS.includes(column))
    .map((column) => `    ${expressionOf(column, inventory, dialect)} AS "${column}"`);
  return [
    'WITH inventory AS (',
    '  SELECT * FROM (',
    `    SELECT\n  ${columns.join(',\n  ')}`,
    `    FROM ${relation.from}`,
    ...whereOf([relation.where, ...versionConditions(inventory)], '    '),
    '  ) AS report',
    ...whereOf(keyConditions(inventory), '  '),
    ')',
    authorsSelect(select),
  ].join('\n');
}

/** A string of a config or a chunk as a SQL literal; a backslash has no meaning in Trino's or DuckDB's strings. */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name, say of a table. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function expressionOf(column: string, { format }: Inventory, dialect: Dialect): string {
  const raw = `"${column}"`;
  // A listing is somebody's own file: its keys stand as they are, but for a byte order mark and Windows' ends of lines.
  if (format.startsWith('listing')) return `regexp_replace(${raw}, '^\uFEFF|\\r\\z', '')`;
  if (format !== 'csv') return typedExpression(column, raw);
  const text = `nullif(${raw}, '')`;
  if (column === 'key') return decodedKey(raw, dialect);
  if (column === 'size') return `try_cast(${text} AS bigint)`;
  if (TIMESTAMPS.includes(column)) return parsedTimestamp(text, dialect);
  return text;
}

function typedExpression(column: string, raw: string): string {
  if (column === 'size') return `cast(${raw} AS bigint)`;
  return column === 'last_modified_date' ? `cast(${raw} AS timestamp)` : raw;
}

/** Decodes the key of a CSV report, which S3 form-encodes: a space is a plus. */
function decodedKey(raw: string, dialect: Dialect): string {
  if (dialect === 'athena') return `url_decode(${raw})`;
  // DuckDB's url_decode leaves a plus alone, and takes longer than all the rest of a query: most keys need none.
  const encoded = `contains(${raw}, '%') OR contains(${raw}, '+')`;
  return `CASE WHEN ${encoded} THEN url_decode(replace(${raw}, '+', ' ')) ELSE ${raw} END`;
}

function parsedTimestamp(text: string, dialect: Dialect): string {
  if (dialect === 'duckdb') return `try_cast(${text} AS timestamp)`;
  return `cast(try(from_iso8601_timestamp(${text})) AT TIME ZONE 'UTC' AS timestamp)`;
}

/** A report of current versions only has no such columns. Texts in CSV, booleans in ORC and Parquet. */
function versionConditions({ columns }: Inventory): string[] {
  const is = (column: string) => `lower(cast("${column}" AS varchar)) = 'true'`;
  return [
    ...(columns.includes('is_latest') ? [is('is_latest')] : []),
    ...(columns.includes('is_delete_marker')
      ? [`NOT coalesce(${is('is_delete_marker')}, false)`]
      : []),
  ];
}

function keyConditions({ format, columns }: Inventory): string[] {
  if (format.startsWith('listing')) {
    // A first line that says `key` is a header.
    return [`"key" <> ''`, `lower("key") <> 'key'`];
  }
  // The console creates a folder as an empty object. An unknown size is not 0.
  return columns.includes('size') ? [`NOT ("key" LIKE '%/' AND coalesce("size", -1) = 0)`] : [];
}

function whereOf(conditions: readonly (string | undefined)[], indent: string): string[] {
  const given = conditions.filter((condition) => condition !== undefined);
  return given.length === 0 ? [] : [`${indent}WHERE ${given.join(`\n${indent}  AND `)}`];
}

const TEXT_OR_COMMENT = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\r\n]*|\/\*[\s\S]*?\*\//g;

/** A comment may hold anything, and what stands behind the SELECT here would become a part of one at its end. */
function withoutComments(sql: string): string {
  return sql.replace(TEXT_OR_COMMENT, (part) => (/^['"]/.test(part) ? part : ' '));
}

function authorsSelect(select: string): string {
  const text = withoutComments(select)
    .trim()
    .replace(/[;\s]+$/, '');
  if (/^select\b/i.test(text)) return text;
  // The author's own CTEs follow ours.
  if (/^with(?!\s+recursive\b)\s/i.test(text)) return text.replace(/^with\s+/i, ', ');
  throw new QueryError(
    `queryInventory must give one SELECT from inventory (given '${text.slice(0, 80)}')`,
    { kind: 'permanent' },
  );
}
