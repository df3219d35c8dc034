import { expect, test } from '@jest/globals';
import { columnsOfSelect } from './selects.js';

const KEYS = {
  inventory_location: 's3://reports/prefix/waves/daily',
  inventory_format: 'csv',
  inventory_fields: ['bucket', 'key', 'size', 'last_modified_date'],
};

test('[N18] a SELECT from an inventory without rows gives its columns', async () => {
  const select =
    "SELECT key, size FROM inventory WHERE last_modified_date > timestamp '2022-04-20 00:00:00'";

  expect(await columnsOfSelect(select, KEYS)).toEqual(['key', 'size']);
});

test.each([
  ['a misspelled keyword', 'SELEC key FROM inventory', /must return one SELECT/],
  ['a column that the report does not have', 'SELECT e_tag FROM inventory', /e_tag/],
  ['a misspelled table', 'SELECT key FROM inventry', /inventry/],
  ['an unknown function', "SELECT strip(key, 'x') FROM inventory", /strip/],
  ['an open bracket', 'SELECT key FROM inventory WHERE (size > 1', /syntax error/],
])('[N18] %s is an error before the first run', async (_, select, error) => {
  await expect(columnsOfSelect(select, KEYS)).rejects.toThrow(error);
});
