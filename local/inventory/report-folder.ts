import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface ReportFolder {
  readonly bucket: string;
  /** Columns in the format of a manifest, for example `Bucket, Key, Size`. */
  readonly fileSchema: string;
  /** Content of each data file. */
  readonly files: Iterable<string>;
}

const DT = '2024-01-01-01-00';
// The fastest level, because the size does not matter here.
const GZIP_LEVEL = 1;

/** Writes a CSV report in the layout of S3 Inventory: data files, symlink.txt and manifest.json. */
export async function writeReportFolder(
  target: string,
  { bucket, fileSchema, files }: ReportFolder,
): Promise<void> {
  const listed: { key: string; size: number }[] = [];
  for (const lines of files) {
    const key = `data/${bucket}-${listed.length}.csv.gz`;
    const data = gzipSync(lines, { level: GZIP_LEVEL });
    await write(join(target, key), data);
    listed.push({ key, size: data.length });
  }
  const links = listed.map(({ key }) => `s3://${bucket}-inventory/${key}\n`);
  await write(join(target, `hive/dt=${DT}/symlink.txt`), links.join(''));
  const manifest = { sourceBucket: bucket, fileFormat: 'CSV', fileSchema, files: listed };
  const report = `${DT.slice(0, 10)}T${DT.slice(11)}Z`;
  await write(join(target, report, 'manifest.json'), JSON.stringify(manifest));
}

async function write(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
