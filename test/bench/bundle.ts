import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { bundleEntries } from '../../modules/bundling/bundle.js';
import { median } from './figures.js';

const root = join(import.meta.dirname, '..', '..');
const ENTRY = 'pipelines/sentinel1/app.ts';
const ROUNDS = 9;

export interface ImportTime {
  /** Size of the unzipped app bundle without its source map. */
  readonly bytes: number;
  /** Median time of `import()` in a new process, as in a cold start of Lambda. */
  readonly importMs: number;
  /** Median time of importing an empty module. */
  readonly emptyMs: number;
}

/** Measures the import of the deployed bundle in new processes, alternating with an empty module. */
export async function timeAppImport(): Promise<ImportTime> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-bundle-'));
  try {
    const bundles = await bundleEntries([ENTRY], { root });
    const code = unzipSync(bundles.get(ENTRY)?.zip ?? new Uint8Array())['app.mjs'];
    if (code === undefined) throw new Error(`no bundle of ${ENTRY}`);
    const [app, empty] = [join(folder, 'app.mjs'), join(folder, 'empty.mjs')];
    writeFileSync(app, code);
    writeFileSync(empty, 'export {};\n');
    const rounds = Array.from({ length: ROUNDS }, () => [importMs(app), importMs(empty)] as const);
    return {
      bytes: code.length,
      importMs: median(rounds.map(([ms]) => ms)),
      emptyMs: median(rounds.map(([, ms]) => ms)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function importMs(file: string): number {
  const program = `const s=performance.now();await import(${JSON.stringify(pathToFileURL(file).href)});console.log(performance.now()-s);process.exit()`;
  const args = ['--no-warnings', '--input-type=module', '--eval', program];
  // Lambda always sets AWS_REGION.
  const env = { PATH: process.env['PATH'], AWS_REGION: 'eu-central-1' };
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8', env }));
}
