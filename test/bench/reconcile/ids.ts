import { writeReportFolder } from '../../../local/inventory/report-folder.js';

/** One Item in so many is missing in the catalogue, and as many are in the catalogue alone. */
export const HOLE_EVERY = 100_003;
const FILE_ROWS = 100_000;

/** Returns the id of an Item of sentinel1 by its number, with as many characters as a real one. */
export function benchId(number: number): string {
  const seconds = number % 86_400;
  const day = new Date(Date.UTC(2014, 9, 3) + Math.floor(number / 86_400) * 86_400_000);
  const date = day.toISOString().slice(0, 10).replaceAll('-', '');
  const start = `${date}T${timeOf(seconds)}`;
  return `S1A_IW_GRDH_1SDV_${start}_${start}_${String(number % 1_000_000).padStart(6, '0')}_0514AB`;
}

function timeOf(seconds: number): string {
  const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(Math.floor(part)).padStart(2, '0')).join('');
}

/** Whether the catalogue lacks an Item. */
export function isHole(number: number): boolean {
  return number % HOLE_EVERY === 7;
}

/** Number of missing Items among `count`, which is also the number of surplus ones. */
export function holesOf(count: number): number {
  return Math.ceil(Math.max(0, count - 7) / HOLE_EVERY);
}

/** Writes a report with the manifests of `count` products, in the layout of S3 Inventory. */
export function writeProducts(folder: string, count: number): Promise<void> {
  return writeReportFolder(folder, {
    bucket: 'bench',
    fileSchema: 'Bucket, Key',
    files: dataFiles(count),
  });
}

function* dataFiles(count: number): Generator<string> {
  for (let first = 0; first < count; first += FILE_ROWS) {
    const rows = Math.min(FILE_ROWS, count - first);
    yield Array.from({ length: rows }, (_, row) => lineOf(benchId(first + row))).join('');
  }
}

function lineOf(id: string): string {
  return `"bench","GRD/2022/4/2/IW/DV/${id}_3C7E/manifest.safe"\n`;
}
