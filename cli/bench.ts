import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { hrefSource } from '../lambdas/href.js';
import type { Item } from '../lambdas/stac.js';
import { handler } from '../pipelines/sentinel1/app.js';
import { createItem } from '../pipelines/sentinel1/item.js';
import { runCommand } from './command.js';
import { benchBackfill } from './bench-backfill.js';
import { referenceTimes } from './bench-reference.js';
import { timeAppImport } from './bench-bundle.js';
import { handlerOverheadMs } from './bench-handler.js';
import { timeManySynths, timeSynth } from './bench-synth.js';
import { median } from './median.js';

const root = join(import.meta.dirname, '..');
const FULL =
  '../shared/data/sentinel1/full-size/S1A_EW_GRDM_1SDH_20221130T014342_20221130T014446_046117_058549_BB15';
const TRIMMED =
  '../shared/data/sentinel1/granules/cog/S1A_EW_GRDM_1SDH_20221130T014342_20221130T014446_046117_058549_BB15';

interface BenchOptions {
  readonly reference?: true;
  readonly backfill?: true;
  readonly items: number;
  readonly granules: number;
  readonly pipelines: number;
  readonly keys: number;
  readonly rows: number;
}

const command = new Command('bench')
  .description('Time what must be fast, side by side with what it is compared to.')
  .option('--reference', 'install the Python reference in an environment of its own and time it')
  .option('--items <n>', 'Items of the memory run', Number, 100_000)
  .option('--granules <n>', 'granules of the local run', Number, 10_000)
  .option('--pipelines <n>', 'pipelines of the synth; 0: none', Number, 50)
  .option('--keys <n>', 'keys of the inventory that becomes messages', Number, 1_000_000)
  .option('--rows <n>', 'rows that are sent over HTTP', Number, 10_000)
  .option('--backfill', 'the backfill alone')
  .action(bench);

async function bench({ backfill, keys, rows, ...options }: BenchOptions): Promise<void> {
  if (!backfill) await benchItems(options);
  await benchBackfill({ keys, rows, print });
}

type ItemOptions = Pick<BenchOptions, 'reference' | 'items' | 'granules' | 'pipelines'>;

async function benchItems({ reference, items, granules, pipelines }: ItemOptions): Promise<void> {
  const folders = {
    'full-size granule': resolve(root, FULL),
    'trimmed granule': resolve(root, TRIMMED),
  };
  const found = Object.entries(folders).filter(([name, folder]) => {
    if (!existsSync(folder)) print(name, `left out: ${folder} is not there`);
    return existsSync(folder);
  });
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // In turn, so that both meet the same moods of a shared machine.
    const ours = new Map<string, number>();
    for (const [name, folder] of found) ours.set(name, await medianMs(folder));
    rounds.push({
      ours,
      theirs: reference ? referenceTimes(Object.fromEntries(found)) : undefined,
    });
  }
  for (const [name] of found) printItemTimes(name, rounds);
  await handlerOverhead();
  if (items > 0) await memory(items);
  if (granules > 0) localRun(granules);
  await bundles();
  if (pipelines > 0) synths(pipelines);
}

const ROUNDS = 5;

interface Round {
  readonly ours: ReadonlyMap<string, number>;
  readonly theirs: ReadonlyMap<string, number> | undefined;
}

function printItemTimes(name: string, rounds: readonly Round[]): void {
  const ours = rounds.map((round) => round.ours.get(name) ?? NaN);
  const theirs = rounds.flatMap((round) => round.theirs?.get(name) ?? []);
  const ratios = theirs.map((ms, round) => ms / (ours[round] ?? NaN));
  const compared =
    theirs.length === 0
      ? ''
      : `, reference ${median(theirs).toFixed(2)} ms: ${median(ratios).toFixed(1)} times ` +
        `(${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)})`;
  print(`Item from a ${name}`, `${median(ours).toFixed(3)} ms${compared}`);
}

/** Of eleven rounds, warm, one Item after the other. */
async function medianMs(folder: string): Promise<number> {
  const make = maker(folder);
  for (let n = 0; n < 500; n += 1) await make();
  const rounds: number[] = [];
  for (let round = 0; round < 11; round += 1) {
    const started = performance.now();
    for (let n = 0; n < 100; n += 1) await make();
    rounds.push((performance.now() - started) / 100);
  }
  return median(rounds);
}

function maker(folder: string): () => Promise<Item> {
  const source = hrefSource({ requesterPays: false });
  return () => createItem({ href: folder, source, warn: () => undefined });
}

async function handlerOverhead(): Promise<void> {
  const item = await maker(sampleFolder())();
  const ms = await handlerOverheadMs(item, handler.pipeline.collectionId);
  print('handler, a record beside its Item', `${ms.toFixed(3)} ms`);
}

/** Heap after 10 % and at the end: what stays is what grows. */
async function memory(items: number): Promise<void> {
  const make = maker(sampleFolder());
  const heap = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed / 1024 ** 2;
  };
  for (let n = 0; n < items / 10; n += 1) await make();
  const early = heap();
  for (let n = items / 10; n < items; n += 1) await make();
  const late = heap();
  print(
    `memory over ${items} Items`,
    `${early.toFixed(1)} MB after a tenth, ${late.toFixed(1)} MB at the end`,
  );
}

function sampleFolder(): string {
  const bucket = join(root, 'test/fixtures/sentinel1/bucket');
  const found = execFileSync('find', [bucket, '-name', 'productInfo.json'], { encoding: 'utf8' });
  const [file = ''] = found.split('\n');
  return join(file, '..');
}

/** Copies of one granule under other ids, from disk to stored Items. */
function localRun(count: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    copies(sampleFolder(), folder, count);
    const started = performance.now();
    const run = spawnSync(
      process.execPath,
      [
        '--import',
        'tsx',
        '--no-warnings',
        'cli/local.ts',
        'sentinel1',
        '--granules',
        folder,
        '--out',
        join(folder, 'out'),
      ],
      { cwd: root, encoding: 'utf8' },
    );
    const seconds = (performance.now() - started) / 1000;
    print(
      `local run of ${count} granules`,
      `${(count / seconds).toFixed(0)} Items/s, start-up included`,
    );
    print('', run.stdout.trim().replaceAll('\n', '; '));
    if (run.status !== 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundles(): Promise<void> {
  const { bytes, importMs, emptyMs } = await timeAppImport();
  print(
    'app bundle',
    `${(bytes / 1e6).toFixed(2)} MB, imported in ${importMs.toFixed(0)} ms (an empty module: ${emptyMs.toFixed(0)} ms)`,
  );
}

function synths(pipelines: number): void {
  const { oneSeconds, bareSeconds, ratio } = timeSynth();
  const one = `${oneSeconds.toFixed(2)} s, bare cdktf app ${bareSeconds.toFixed(2)} s`;
  print('synth of one pipeline, warm', `${one}: ${ratio.toFixed(2)} times`);
  const many = timeManySynths(pipelines);
  print(
    `synth of ${pipelines} pipelines`,
    `warm ${many.warmSeconds.toFixed(1)} s (half of them ${many.halfSeconds.toFixed(1)} s), ` +
      `cold ${many.coldSeconds.toFixed(1)} s, ${many.peakMegabytes.toFixed(0)} MB`,
  );
}

function copies(sample: string, folder: string, count: number): void {
  const id = sample.split('/').at(-1) ?? '';
  const manifest = readFileSync(join(sample, 'manifest.safe'), 'utf8');
  for (let n = 0; n < count; n += 1) {
    // The data take's six hexadecimal digits before the last token are part of the Item's id.
    const number = n.toString(16).toUpperCase().padStart(6, '0');
    const copy = id.replace(/_[0-9A-F]{6}_([0-9A-F]{4})$/, `_${number}_$1`);
    cpSync(sample, join(folder, copy), { recursive: true });
    writeFileSync(join(folder, copy, 'manifest.safe'), manifest);
  }
}

function print(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(34)} ${value}\n`);
}

await runCommand(command);
