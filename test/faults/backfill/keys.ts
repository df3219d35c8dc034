import { encodedS3Key } from '../../../lambdas/source/s3-event.js';
import { writeReportFolder } from '../../../local/inventory/report-folder.js';

const BUCKET = 'bench';
const FILE_ROWS = 100_000;
/** Interval of keys with an older version and a deleted neighbor, neither of which becomes a message. */
const NOISE_EVERY = 50;
// Characters that are valid in keys but often mishandled.
const ODD = 'a b+%41"é,.safe';
/** The ending of ordinary keys. */
export const PLAIN_ENDING = 'S1A_IW_GRDH_1SDV_20220420T014342_manifest.safe';
const KEY = /^bench\/(\d{8})\//;

/** The key with an index. All keys with the same ending have the same length. */
export function benchKey(index: number, ending = ODD): string {
  return `bench/${numberOf(index)}/${ending}`;
}

/** The index of a key; undefined if it is not a current object of the inventory. */
export function tryBenchIndex(key: string): number | undefined {
  const digits = KEY.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Size of one row of the query's result, in bytes. */
export const ROW_BYTES = Buffer.byteLength(`"${benchKey(0).replaceAll('"', '""')}"\n`);

/** Writes a report with `count` current objects, whose keys end in `ending`, in the layout of S3 Inventory. */
export function writeBenchInventory(folder: string, count: number, ending = ODD): Promise<void> {
  const fileSchema = 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker';
  const files = dataFiles(count, encodedS3Key(ending));
  return writeReportFolder(folder, { bucket: BUCKET, fileSchema, files });
}

function* dataFiles(count: number, ending: string): Generator<string> {
  for (let first = 0; first < count; first += FILE_ROWS) {
    const rows = Math.min(FILE_ROWS, count - first);
    yield Array.from({ length: rows }, (_, row) => linesOf(first + row, ending)).join('');
  }
}

function linesOf(index: number, ending: string): string {
  const current = line(`bench/${numberOf(index)}/${ending}`, 'true', 'false');
  if (index % NOISE_EVERY !== 0) return current;
  const older = line(`older/${numberOf(index)}/${ending}`, 'false', 'false');
  return older + current + line(`gone/${numberOf(index)}/${ending}`, 'true', 'true');
}

function line(key: string, isLatest: string, isDeleted: string): string {
  return `"${BUCKET}","${key}","v","${isLatest}","${isDeleted}"\n`;
}

function numberOf(index: number): string {
  return String(index).padStart(8, '0');
}
