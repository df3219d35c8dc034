import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface ReportFolder {
  readonly bucket: string;
  /** As in a manifest: `Bucket, Key, Size`. */
  readonly fileSchema: string;
  /** The lines of one data file each. */
  readonly files: Iterable<string>;
}

const DT = '2024-01-01-01-00';
// Size matters less here than time.
const GZIP_LEVEL = 1;

/** Writes one CSV report as S3 Inventory delivers it: data files, symlink.txt and manifest.json. */
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

/** S3 encodes keys of CSV reports as in a form. */
export function encodedKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}

async function write(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
