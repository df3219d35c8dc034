import { sqlName } from './query.js';

/** What AWS says where Lake Formation refuses access to a table, to its location or to the catalog. */
const REFUSED = /lake ?formation|does not have any privilege on specified resource/i;
const LOCATION = /lakeformation:GetDataAccess|data location/i;

export interface TableName {
  readonly database: string;
  readonly table: string;
}

/**
 * Returns the end of a message that says which permissions of Lake Formation to grant. Empty if something else refused.
 * @see https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html
 */
export function lakeFormationAdvice(reason: string, { database, table }: TableName): string {
  if (!REFUSED.test(reason)) return '';
  const what = LOCATION.test(reason)
    ? 'the location of the inventory is registered with Lake Formation: register it in hybrid access mode, or remove it there'
    : `Lake Formation governs ${sqlName(database)}.${sqlName(table)}: grant the role of this function DESCRIBE on the database, and SELECT and DESCRIBE on the table`;
  return ` (${what}; docs/backfill.md has the commands under "Lake Formation")`;
}
