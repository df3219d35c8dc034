import { QueryError } from '../runtime/errors.js';
import { checkCondition } from './condition.js';
import { archivedCondition } from './archived.js';
import type { Inventory } from './inventory.js';
import type { Dialect, Relation } from './engine.js';

export interface InventoryQueryInput {
  readonly dialect: Dialect;
  readonly inventory: Inventory;
  readonly relation: Relation;
  /** The SELECT from `inventory` that queryInventory returned. */
  readonly select: string;
  /** A condition on the columns of `inventory`, checked by `checkCondition`. @default all rows */
  readonly condition?: string | undefined;
  /** The objects that `inventory` has. A report without storage classes has only readable ones. @default all */
  readonly objects?: 'all' | 'readable' | 'archived';
}

// Rows are filtered by these columns, so `inventory` does not contain them.
const VERSION_COLUMNS = ['is_latest', 'is_delete_marker'];
const TIMESTAMPS = ['last_modified_date', 'object_lock_retain_until_date'];

/**
 * Returns the SQL to run: a CTE `inventory`, followed by the author's SELECT. Throws QueryError if `select` is not a
 * SELECT.
 *
 * `inventory` has one row for each current object of the report: `key` (decoded), `size bigint`,
 * `last_modified_date timestamp` in UTC, and the other configured fields in snake case. For a listing it has only `key`.
 * A value that the report omits is null. Only the functions in functions.ts behave the same on both engines.
 */
export function inventoryQuery({
  dialect,
  inventory,
  relation,
  select,
  condition,
  objects = 'all',
}: InventoryQueryInput): string {
  if (condition !== undefined) checkCondition(condition);
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
    ...whereOf(
      [
        ...keyConditions(inventory),
        ...storageConditions(inventory, objects),
        ...(condition === undefined ? [] : [`(${condition})`]),
      ],
      '  ',
    ),
    ')',
    authorsSelect(select),
  ].join('\n');
}

/**
 * Returns the SQL that counts the rows that the author's SELECT would have for the archived objects alone. Undefined if
 * the report does not say which objects are archived.
 */
export function archivedQuery(input: Omit<InventoryQueryInput, 'objects'>): string | undefined {
  if (archivedCondition(input.inventory.columns) === undefined) return undefined;
  const rows = bareSelect(input.select);
  const select = `SELECT count(*) AS "archived" FROM (\n${rows}\n) AS selected`;
  return inventoryQuery({ ...input, objects: 'archived', select });
}

/** Returns a SQL string literal. A backslash has no special meaning in Trino or DuckDB. */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Returns a quoted SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function expressionOf(column: string, { format }: Inventory, dialect: Dialect): string {
  const raw = `"${column}"`;
  // The keys of a listing are not encoded; only a byte order mark and Windows line ends are removed.
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

/** Decodes a key of a CSV report, which S3 encodes as in HTML forms: a space is a plus sign. */
function decodedKey(raw: string, dialect: Dialect): string {
  if (dialect === 'athena') return `url_decode(${raw})`;
  // DuckDB's url_decode ignores plus signs, and it dominates the time of a query, so it runs only for encoded keys.
  const encoded = `contains(${raw}, '%') OR contains(${raw}, '+')`;
  return `CASE WHEN ${encoded} THEN url_decode(replace(${raw}, '+', ' ')) ELSE ${raw} END`;
}

function parsedTimestamp(text: string, dialect: Dialect): string {
  if (dialect === 'duckdb') return `try_cast(${text} AS timestamp)`;
  return `cast(try(from_iso8601_timestamp(${text})) AT TIME ZONE 'UTC' AS timestamp)`;
}

/** Selects current versions. The columns are text in CSV and boolean in ORC and Parquet; they are absent without versions. */
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
    // A row with the value `key` is a header.
    return [`"key" <> ''`, `lower("key") <> 'key'`];
  }
  // The S3 console creates a folder as an empty object. An unknown size does not count as 0.
  return columns.includes('size') ? [`NOT ("key" LIKE '%/' AND coalesce("size", -1) = 0)`] : [];
}

function storageConditions(
  { columns }: Inventory,
  objects: InventoryQueryInput['objects'],
): string[] {
  const archived = archivedCondition(columns);
  if (archived === undefined || objects === 'all') return [];
  return [objects === 'archived' ? archived : `NOT ${archived}`];
}

function whereOf(conditions: readonly (string | undefined)[], indent: string): string[] {
  const given = conditions.filter((condition) => condition !== undefined);
  return given.length === 0 ? [] : [`${indent}WHERE ${given.join(`\n${indent}  AND `)}`];
}

const TEXT_OR_COMMENT = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\r\n]*|\/\*[\s\S]*?\*\//g;

/** Removes comments: an unterminated one at the end would swallow the text that follows the SELECT. */
function withoutComments(sql: string): string {
  return sql.replace(TEXT_OR_COMMENT, (part) => (/^['"]/.test(part) ? part : ' '));
}

/** Returns the author's SELECT so that it can follow our CTE: the author's CTEs are in the same WITH clause. */
function authorsSelect(select: string): string {
  return bareSelect(select).replace(/^with\s+/i, ', ');
}

/** Returns one SELECT without comments and semicolons. Throws QueryError if it is something else. */
function bareSelect(select: string): string {
  const text = withoutComments(select)
    .trim()
    .replace(/[;\s]+$/, '');
  if (/^select\b/i.test(text) || /^with(?!\s+recursive\b)\s/i.test(text)) return text;
  throw new QueryError(
    `queryInventory must return one SELECT from inventory (returned '${text.slice(0, 80)}')`,
    { kind: 'permanent' },
  );
}
