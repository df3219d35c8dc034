import { parseInventoryLocation } from '../config/values/inventory-location.js';
import { tableForm } from './inventory-table.js';
import type { TableForm } from './inventory-table.js';
import { inventoryPlace } from './s3-access.js';
import type { Place } from './s3-access.js';
import { terraformText } from './tokens.js';

/** An inventory or a listing: its place, and the table that reads it. */
export interface InventorySource {
  /** Objects that a query reads, for the policy of the function that runs it. */
  readonly place: Place;
  readonly table: TableForm;
  /**
   * Folder of the reports' symlink.txt files.
   * @default a folder in the results bucket, whose symlink.txt names the listing
   */
  readonly folder?: string;
  /** The object that lists keys, if the source is a listing. */
  readonly listing?: { readonly bucket: string; readonly key: string };
}

export interface InventorySettings {
  /** `s3://` URL of an inventory, or of an object that lists keys. */
  readonly location: string;
  /** Format of an inventory. A listing's format is known from its file name. */
  readonly format: 'csv' | 'orc' | 'parquet';
  /** Columns, in the order of `fileSchema` in the inventory's manifest. */
  readonly fields: readonly string[];
}

/** Derives the table from the settings. */
export function inventorySource({ location, format, fields }: InventorySettings): InventorySource {
  const parsed = parseInventoryLocation(location);
  const place = inventoryPlace(parsed);
  if (parsed.kind === 'listing') {
    const listed = parsed.format === 'text' ? 'text' : 'csv';
    return { place, table: tableForm(listed, { fields, reports: false }), listing: parsed };
  }
  const { bucket, prefix } = parsed;
  const folder = terraformText(`s3://${bucket}/${prefix}/hive/`);
  return { place, table: tableForm(format, { fields, reports: true }), folder };
}
