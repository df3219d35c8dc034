import { stat } from 'node:fs/promises';

import { encodedKey, writeReportFolder } from './report-folder.js';
import { walk } from '../input/walk.js';

/** Writes a report in the layout of S3 Inventory over the files of a folder, as if the folder were the bucket. */
export async function writeSampleInventory(
  folder: string,
  bucket: string,
  target: string,
): Promise<string> {
  const lines: string[] = [];
  for await (const { key, path } of walk(folder)) {
    const { size } = await stat(path);
    lines.push(`"${bucket}","${encodedKey(key)}","${size}"\n`);
  }
  const fileSchema = 'Bucket, Key, Size';
  await writeReportFolder(target, { bucket, fileSchema, files: [lines.join('')] });
  return target;
}
