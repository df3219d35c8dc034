import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { isListing } from '../../lambdas/inventory/inventory.js';
import { encodedS3Key } from '../../lambdas/source/s3-event.js';
import { writeReportFolder } from './report-folder.js';
import { walk, type FoundFile } from '../input/walk.js';

export interface SampleInventory {
  /** Name of the bucket whose objects the files are. */
  readonly bucket: string;
  /** The inventory_location of the pipeline. */
  readonly location: string;
  /** Columns of the report, in snake case: the inventory_fields of the pipeline. */
  readonly columns: readonly string[];
  /** Folder to write the report to. */
  readonly target: string;
}

const S3_LOCATION = /^s3:\/\/[^/]+\/(.*)$/;

/**
 * Returns the inventory of a sample, whose files below `folder` stand for a bucket: the listing that the pipeline
 * reads, if it is one of the files, otherwise a report that this writes.
 */
export async function sampleInventory(folder: string, sample: SampleInventory): Promise<string> {
  const listing = join(folder, S3_LOCATION.exec(sample.location)?.[1] ?? '');
  if (isListing(sample.location) && existsSync(listing)) return listing;
  await writeSampleInventory(folder, sample);
  return sample.target;
}

/** Writes an inventory report of the files below `folder`, as if it were the bucket. Other columns than those known are empty. */
export async function writeSampleInventory(
  folder: string,
  { bucket, columns, target }: Omit<SampleInventory, 'location'>,
): Promise<void> {
  const lines: string[] = [];
  for await (const file of walk(folder)) {
    const values = await valuesOf(file);
    const row = columns.map(
      (column) => `"${column === 'bucket' ? bucket : (values[column] ?? '')}"`,
    );
    lines.push(`${row.join(',')}\n`);
  }
  await writeReportFolder(target, {
    bucket,
    fileSchema: columns.join(', '),
    files: [lines.join('')],
  });
}

async function valuesOf({ key, path }: FoundFile): Promise<Readonly<Record<string, string>>> {
  const { size, mtime } = await stat(path);
  return {
    key: encodedS3Key(key),
    size: String(size),
    last_modified_date: mtime.toISOString(),
    is_latest: 'true',
    is_delete_marker: 'false',
    storage_class: 'STANDARD',
  };
}
