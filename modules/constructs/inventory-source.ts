import { parseInventoryLocation } from '../config/values/inventory-location.js';
import { tableForm } from './inventory-table.js';
import type { TableForm } from './inventory-table.js';
import { inventoryPlace } from './s3-access.js';
import type { Place } from './s3-access.js';
import { terraformText } from './tokens.js';

/** Where an inventory is, and how it is read. */
export interface InventorySource {
  /** What a query reads, for its policy. */
  readonly place: Place;
  readonly table: TableForm;
  /** Folder of the reports' symlink.txt files. @default one of our own, with a symlink.txt that names the listing */
  readonly folder?: string;
  /** The one object that lists keys. */
  readonly listing?: { readonly bucket: string; readonly key: string };
}

export interface InventorySettings {
  /** `s3://` URL of an inventory or of one object that lists keys. */
  readonly location: string;
  /** Of an inventory; a listing says its own. */
  readonly format: 'csv' | 'orc' | 'parquet';
  /** Columns in the order of the manifest's fileSchema. */
  readonly fields: readonly string[];
}

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
