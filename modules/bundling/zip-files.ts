import { zipSync } from 'fflate';
import type { ZipAttributes, Zippable } from 'fflate';

/** fflate writes the fields of local time, so this is the same in every time zone; 1980 is where zip begins. */
const NO_TIME = new Date(1980, 0, 1, 12);
const UNIX = 3;
const REGULAR_FILE_0644 = 0o100644;
/** 0.45 MB in 50 ms where level 9 gives 0.39 MB in 105 ms. */
export const LEVEL = 1;

/** Sorted by name. Deflated in JavaScript: zlib's bytes differ from one processor to the next. */
export function zipFiles(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const attributes: ZipAttributes = { mtime: NO_TIME, os: UNIX, attrs: REGULAR_FILE_0644 << 16 };
  const sorted: Zippable = {};
  for (const name of Object.keys(files).sort())
    sorted[name] = [files[name] ?? new Uint8Array(), attributes];
  return zipSync(sorted, { level: LEVEL });
}
