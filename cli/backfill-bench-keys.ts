import { encodedKey, writeReportFolder } from '../local/report-folder.js';

const BUCKET = 'bench';
const FILE_ROWS = 100_000;
/** Each so many keys has an older version and a deleted neighbour, which are nobody's messages. */
const NOISE_EVERY = 50;
// What keys may hold and careless code trips over.
const ODD = 'a b+%41"é,.safe';
const ENCODED_ODD = encodedKey(ODD);
const KEY = /^bench\/(\d{8})\//;

/** All keys have the same length. */
export function benchKey(index: number): string {
  return `bench/${numberOf(index)}/${ODD}`;
}

/** The index of a key; undefined for any that is no current object of the inventory. */
export function tryBenchIndex(key: string): number | undefined {
  const digits = KEY.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Bytes of one row of the query's result. */
export const ROW_BYTES = Buffer.byteLength(`"${benchKey(0).replaceAll('"', '""')}"\n`);

/** A report with `count` current objects in the layout of S3 Inventory. */
export function writeBenchInventory(folder: string, count: number): Promise<void> {
  const fileSchema = 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker';
  return writeReportFolder(folder, { bucket: BUCKET, fileSchema, files: dataFiles(count) });
}

function* dataFiles(count: number): Generator<string> {
  for (let first = 0; first < count; first += FILE_ROWS) {
    const rows = Math.min(FILE_ROWS, count - first);
    yield Array.from({ length: rows }, (_, row) => linesOf(first + row)).join('');
  }
}

function linesOf(index: number): string {
  const current = line(`bench/${numberOf(index)}`, 'true', 'false');
  if (index % NOISE_EVERY !== 0) return current;
  const older = line(`older/${numberOf(index)}`, 'false', 'false');
  return older + current + line(`gone/${numberOf(index)}`, 'true', 'true');
}

function line(start: string, isLatest: string, isDeleted: string): string {
  return `"${BUCKET}","${start}/${ENCODED_ODD}","v","${isLatest}","${isDeleted}"\n`;
}

function numberOf(index: number): string {
  return String(index).padStart(8, '0');
}
