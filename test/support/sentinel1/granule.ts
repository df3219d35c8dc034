import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ReadError } from '../../../lambdas/runtime/errors.js';
import type { ByteRange } from '../../../lambdas/source/source.js';
import type { ReadContext } from '../../../lambdas/granule/items.js';
import { readSource } from '../../kit/read-source.js';

const FIXTURES = fileURLToPath(new URL('../../../pipelines/sentinel1/', import.meta.url));

/** Our own granules: the folder of each below pipelines/sentinel1/, and the bucket in its href. */
const GRANULES = {
  ordinary: {
    folder:
      'sample/bucket/GRD/2023/3/14/IW/DV/S1A_IW_GRDH_1SDV_20230314T052711_20230314T052736_047632_05B8A1_3C7E',
    bucket: 's3://sentinel-s1-l1c/',
  },
  antimeridian: {
    folder:
      'sample/bucket/GRD/2025/6/21/EW/DH/S1C_EW_GRDM_1SDH_20250621T181502_20250621T181602_002887_005F1D_A04B',
    bucket: 's3://sentinel-s1-l1c/',
  },
  'single-pol': {
    folder:
      'sample/bucket/GRD/2019/9/7/SM/SV/S1B_S3_GRDH_1SSV_20190907T143320_20190907T143341_017933_021C02_8D15',
    bucket: 's3://sentinel-s1-l1c/',
  },
  safe: {
    folder:
      'fixtures/safe/S1A_IW_GRDH_1SDH_20210118T084955_20210118T085020_036195_043EB6_5F90.SAFE',
    bucket: 's3://example-safe/',
  },
} as const;

export type GranuleName = keyof typeof GRANULES;
export const GRANULE_NAMES = Object.keys(GRANULES) as GranuleName[];

/** Changes the content of a file; returns undefined to remove the file. */
export type Edit = (text: string) => string | Uint8Array | undefined;

export interface TestGranule extends ReadContext {
  readonly href: string;
  readonly reads: readonly { readonly name: string; readonly range: ByteRange | undefined }[];
  readonly warnings: readonly string[];
}

/** Returns a granule in a source in memory. `edits` changes its files, by their names within the granule. */
export function testGranule(
  name: GranuleName,
  edits: Readonly<Record<string, Edit>> = {},
  href: string = hrefOf(name),
): TestGranule {
  const reads: { name: string; range: ByteRange | undefined }[] = [];
  const warnings: string[] = [];
  const read = (file: string, range?: ByteRange): Uint8Array => {
    const path = file.slice(href.length + 1);
    reads.push({ name: path, range });
    const bytes = edited(fixture(name, path, file), edits[path], file);
    return range === undefined ? bytes : bytes.subarray(range.offset, range.offset + range.length);
  };
  return {
    href,
    reads,
    warnings,
    source: readSource((file, range) => Promise.resolve().then(() => read(file, range))),
    warn: (message) => warnings.push(message),
  };
}

/** Returns an edit that replaces `from`, and throws if the text does not contain it. */
export function replace(from: string | RegExp, to: string): (text: string) => string {
  return (text) => {
    const changed = text.replace(from, () => to);
    if (changed === text) throw new Error(`nothing to replace: ${String(from)}`);
    return changed;
  };
}

export function hrefOf(name: GranuleName): string {
  const { folder, bucket } = GRANULES[name];
  return bucket + folder.replace(/^(sample|fixtures)\/[a-z]+\//, '');
}

/** Reads the file `path` of a granule. */
export function fixtureText(name: GranuleName, path: string): string {
  return readFileSync(`${FIXTURES}${GRANULES[name].folder}/${path}`, 'utf8');
}

function fixture(name: GranuleName, path: string, href: string): string {
  try {
    return fixtureText(name, path);
  } catch {
    throw missing(href);
  }
}

function edited(text: string, edit: Edit | undefined, href: string): Uint8Array {
  const content = edit === undefined ? text : edit(text);
  if (content === undefined) throw missing(href);
  return typeof content === 'string' ? Buffer.from(content) : content;
}

function missing(href: string): ReadError {
  return new ReadError(`${href}: no such object`, { href, kind: 'permanent' });
}
