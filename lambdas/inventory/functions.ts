/**
 * The functions that a SELECT from `inventory` may use, because they behave the same in Athena (Trino) and DuckDB. Each
 * has an example, which a test runs on DuckDB, and the result as text.
 *
 * Not listed because they differ: `/` of two integers (Trino drops the rest), regexp_replace (DuckDB replaces the first
 * only), split_part without a match ('' in DuckDB, null in Trino), concat with null, greatest and least with null,
 * date_add, date_format, OFFSET before LIMIT, cast of a timestamp to varchar (Trino writes .000). regexp_extract without
 * a match differs as split_part does: compare it with a text by =, which is true in neither.
 * @see https://trino.io/docs/current/functions.html
 */
export const INVENTORY_FUNCTIONS = [
  { name: 'lower', example: `lower('ÄB')`, value: 'äb' },
  { name: 'upper', example: `upper('ab')`, value: 'AB' },
  { name: 'trim', example: `trim(' a ')`, value: 'a' },
  { name: 'length', example: `length('é-1')`, value: '3' },
  { name: 'substr', example: `substr('2022/4/20', 6, 1)`, value: '4' },
  { name: 'strpos', example: `strpos('a/b', '/')`, value: '2' },
  { name: 'starts_with', example: `starts_with('GRD/2022', 'GRD/')`, value: 'true' },
  { name: 'split_part', example: `split_part('GRD/2022/4', '/', 2)`, value: '2022' },
  { name: 'replace', example: `replace('a-b-c', '-', '')`, value: 'abc' },
  { name: 'reverse', example: `reverse('abc')`, value: 'cba' },
  { name: 'lpad', example: `lpad('4', 2, '0')`, value: '04' },
  { name: 'concat', example: `concat('a', '/', 'b')`, value: 'a/b' },
  { name: '||', example: `'a' || 'b'`, value: 'ab' },
  { name: 'LIKE', example: `'a_b' LIKE 'a\\_%' ESCAPE '\\'`, value: 'true' },
  { name: 'regexp_like', example: `regexp_like('S1A_IW_GRDH', '_GRD[HFM]$')`, value: 'true' },
  {
    name: 'regexp_extract',
    example: `regexp_extract('a_20240115_20240122', '^[^/]*?(\\d{8})', 1) = '20240115'`,
    value: 'true',
  },
  { name: 'coalesce', example: `coalesce(nullif('', ''), 'none')`, value: 'none' },
  { name: 'nullif', example: `nullif('a', 'b')`, value: 'a' },
  { name: 'cast', example: `cast('12' AS bigint) + 1`, value: '13' },
  { name: 'try_cast', example: `coalesce(try_cast('x' AS bigint), -1)`, value: '-1' },
  { name: 'CASE', example: `CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END`, value: 'b' },
  { name: 'if', example: `if(1 < 2, 'a', 'b')`, value: 'a' },
  { name: 'abs', example: `abs(-3)`, value: '3' },
  { name: 'mod', example: `mod(7, 4)`, value: '3' },
  { name: 'date', example: `cast(date '2022-04-20' AS varchar)`, value: '2022-04-20' },
  { name: 'year', example: `year(timestamp '2022-04-20 01:02:03')`, value: '2022' },
  { name: 'month', example: `month(timestamp '2022-04-20 01:02:03')`, value: '4' },
  { name: 'day', example: `day(timestamp '2022-04-20 01:02:03')`, value: '20' },
  { name: 'hour', example: `hour(timestamp '2022-04-20 01:02:03')`, value: '1' },
  {
    name: 'timestamp',
    example: `timestamp '2022-04-20 00:00:00' + interval '1' day = timestamp '2022-04-21 00:00:00'`,
    value: 'true',
  },
  {
    name: 'date_trunc',
    example: `date_trunc('day', timestamp '2022-04-20 01:02:03') = timestamp '2022-04-20 00:00:00'`,
    value: 'true',
  },
  {
    name: 'date_diff',
    example: `date_diff('day', timestamp '2022-04-20 00:00:00', timestamp '2022-04-23 00:00:00')`,
    value: '3',
  },
  {
    name: 'date_parse',
    example: `date_parse('2022-4-20 01:02:03', '%Y-%c-%e %H:%i:%s') = timestamp '2022-04-20 01:02:03'`,
    value: 'true',
  },
  {
    name: 'from_iso8601_timestamp',
    example: `from_iso8601_timestamp('2022-04-20T02:00:00+02:00') = timestamp '2022-04-20 00:00:00 UTC'`,
    value: 'true',
  },
] as const;
