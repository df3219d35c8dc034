import { stat } from 'node:fs/promises';

import { encodedKey, writeReportFolder } from './report-folder.js';
import { walk } from '../input/walk.js';

/** Writes an inventory report of the files below `folder`, as if it were the bucket. Returns `target`. */
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
