import { describe, expect, test } from '@jest/globals';
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

  test('suggests the nearest field for an unknown one', () => {
    expect(() => parseInventoryField('LastModified')).toThrow(
      'is not an S3 Inventory field; did you mean last_modified_date?',
    );
  });
});
