import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { walk } from './walk.js';

const DT = '2024-01-01-01-00';

/** Writes a report in the layout of S3 Inventory over the files of a folder, as if the folder were the bucket. */
export async function writeSampleInventory(
  folder: string,
  bucket: string,
  target: string,
): Promise<string> {
  const lines: string[] = [];
  for await (const { key, path } of walk(folder)) {
    const { size } = await stat(path);
    // S3 encodes keys of CSV reports as in a form.
    const encoded = encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
    lines.push(`"${bucket}","${encoded}","${size}"`);
  }
  const data = gzipSync(`${lines.join('\n')}\n`);
  const manifest = {
    sourceBucket: bucket,
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, Size',
    files: [{ key: 'data/sample.csv.gz', size: data.length }],
  };
  await write(join(target, 'data/sample.csv.gz'), data);
  await write(
    join(target, `hive/dt=${DT}/symlink.txt`),
    `s3://${bucket}-inventory/data/sample.csv.gz\n`,
  );
  await write(
    join(target, `${DT.slice(0, 10)}T${DT.slice(11)}Z/manifest.json`),
    JSON.stringify(manifest),
  );
  return target;
}

async function write(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
