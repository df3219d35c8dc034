import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { handler } from '../../pipelines/sentinel1/app.js';
import { handlerOverheadMs } from './handler.js';
import { referenceTimes } from './reference.js';
import { maker, sampleFolder, type Print, median } from './sample.js';

const root = join(import.meta.dirname, '..', '..');
const FULL =
  '../shared/data/sentinel1/full-size/S1A_EW_GRDM_1SDH_20221130T014342_20221130T014446_046117_058549_BB15';
const TRIMMED =
  '../shared/data/sentinel1/granules/cog/S1A_EW_GRDM_1SDH_20221130T014342_20221130T014446_046117_058549_BB15';

export interface ItemOptions {
  /** Whether to also measure the Python reference. */
  readonly reference: boolean;
  /** Number of Items of the memory run; 0 skips it. */
  readonly items: number;
  readonly print: Print;
}

/** Measures the time per Item, the overhead of the handler, and whether memory use stays constant. */
export async function benchItems({ reference, items, print }: ItemOptions): Promise<void> {
  const folders = {
    'full-size granule': resolve(root, FULL),
    'trimmed granule': resolve(root, TRIMMED),
  };
  const found = Object.entries(folders).filter(([name, folder]) => {
    if (!existsSync(folder)) print(name, `skipped: ${folder} does not exist`);
    return existsSync(folder);
  });
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Both alternate, so that other load on the machine affects them equally.
    const ours = new Map<string, number>();
    for (const [name, folder] of found) ours.set(name, await medianMs(folder));
    rounds.push({
      ours,
      theirs: reference ? referenceTimes(Object.fromEntries(found)) : undefined,
    });
  }
  for (const [name] of found) print(`Item from a ${name}`, timesText(name, rounds));
  const item = await maker(sampleFolder())();
  const overheadMs = await handlerOverheadMs(item, handler.pipeline.collectionId);
  print('handler overhead per record', `${overheadMs.toFixed(3)} ms`);
  if (items > 0) print(`memory over ${items} Items`, await memory(items));
}

const ROUNDS = 5;

interface Round {
  readonly ours: ReadonlyMap<string, number>;
  readonly theirs: ReadonlyMap<string, number> | undefined;
}

function timesText(name: string, rounds: readonly Round[]): string {
  const ours = rounds.map((round) => round.ours.get(name) ?? NaN);
  const theirs = rounds.flatMap((round) => round.theirs?.get(name) ?? []);
  const ratios = theirs.map((ms, round) => ms / (ours[round] ?? NaN));
  const compared =
    theirs.length === 0
      ? ''
      : `, reference ${median(theirs).toFixed(2)} ms: ${median(ratios).toFixed(1)} times ` +
        `(${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)})`;
  return `${median(ours).toFixed(3)} ms${compared}`;
}

/** Returns the median milliseconds per Item of eleven rounds, after a warm-up. */
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

/** Compares the heap after a tenth of the Items with the heap at the end. */
async function memory(items: number): Promise<string> {
  const make = maker(sampleFolder());
  const heap = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed / 1024 ** 2;
  };
  for (let n = 0; n < items / 10; n += 1) await make();
  const early = heap();
  for (let n = items / 10; n < items; n += 1) await make();
  const late = heap();
  return `${early.toFixed(1)} MB after a tenth, ${late.toFixed(1)} MB at the end`;
}
