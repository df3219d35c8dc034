import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { columnName } from '../../../../lambdas/inventory/inventory.js';
import {
  INVENTORY_FIELDS,
  parseInventoryField,
} from '../../../../modules/config/values/inventory-fields.js';

describe('parseInventoryField', () => {
  test.each([
    ['Key', 'key'],
    ['VersionId', 'version_id'],
    ['IsLatest', 'is_latest'],
    ['LastModifiedDate', 'last_modified_date'],
    ['ETag', 'e_tag'],
    ['ObjectLockLegalHoldStatus', 'object_lock_legal_hold_status'],
    ['size', 'size'],
  ])('%s of a fileSchema is the column %s', (field, column) => {
    expect(parseInventoryField(field)).toBe(column);
  });

  test('leaves every column as it is', () => {
    expect(INVENTORY_FIELDS.map(parseInventoryField)).toEqual(INVENTORY_FIELDS);
  });

  test('[N17] a field that is added in future is a column', () => {
    expect(parseInventoryField('ColdTier2ReferenceDate')).toBe('cold_tier2_reference_date');
  });

  test('[N17] a field has the same column here and in the functions', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,40}$/), (field) => {
        fc.pre(columnName(field) !== 'dt');
        expect(parseInventoryField(field)).toBe(columnName(field));
      }),
    );
  });

  test('a name that no column can have is refused, with the nearest known column', () => {
    expect(() => parseInventoryField('Last Modified Date')).toThrow(
      'cannot be a column: a name is a letter, then up to 254 letters, digits and _; did you mean last_modified_date?',
    );
    expect(() => parseInventoryField('dt')).toThrow("is the name of the table's partitions");
  });
});
