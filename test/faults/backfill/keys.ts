import { encodedKey, writeReportFolder } from '../../../local/inventory/report-folder.js';

const BUCKET = 'bench';
const FILE_ROWS = 100_000;
/** Each so many keys has an older version and a deleted neighbour, which are nobody's messages. */
const NOISE_EVERY = 50;
// What keys may hold and careless code trips over.
const ODD = 'a b+%41"é,.safe';
/** As most keys are. */
export const PLAIN_ENDING = 'S1A_IW_GRDH_1SDV_20220420T014342_manifest.safe';
const KEY = /^bench\/(\d{8})\//;

/** All keys with one ending have the same length. */
export function benchKey(index: number, ending = ODD): string {
  return `bench/${numberOf(index)}/${ending}`;
}

/** The index of a key; undefined for any that is no current object of the inventory. */
export function tryBenchIndex(key: string): number | undefined {
  const digits = KEY.exec(key)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Bytes of one row of the query's result. */
export const ROW_BYTES = Buffer.byteLength(`"${benchKey(0).replaceAll('"', '""')}"\n`);

/** A report with `count` current objects in the layout of S3 Inventory; `ending` is that of their keys. */
export function writeBenchInventory(folder: string, count: number, ending = ODD): Promise<void> {
  const fileSchema = 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker';
  const files = dataFiles(count, encodedKey(ending));
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
