import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  figure,
  median,
  spreadFigures,
  spreadOf,
  spreadText,
  type Figures,
  type Print,
  type Spread,
} from './figures.js';
import { referenceTimes } from './reference.js';
import { maker, sampleFolder } from './sample.js';

const root = join(import.meta.dirname, '..', '..');
const FULL =
  '../shared/data/sentinel1/full-size/S1A_EW_GRDM_1SDH_20221130T014342_20221130T014446_046117_058549_BB15';
const TRIMMED =
  '../shared/data/sentinel1/granules/cog/S1A_EW_GRDM_1SDH_20221130T014342_20221130T014446_046117_058549_BB15';
const [FULL_SIZE, SMALL] = ['full-size granule', 'trimmed granule'] as const;

export interface ItemOptions {
  /** Whether to also measure the Python reference. */
  readonly reference: boolean;
  /** Number of Items of the memory run; 0 skips it. */
  readonly items: number;
  /** Number of rounds of the comparison with the reference. */
  readonly rounds: number;
  readonly print: Print;
}

/** Measures the time per Item, and whether memory use stays constant. */
export async function benchItems(options: ItemOptions): Promise<Figures> {
  const { items, print } = options;
  const [fullSize, trimmed] = await timesOf(options);
  const heap = items > 0 ? await heapMb(items) : undefined;
  if (heap !== undefined) {
    const text = `${heap.early.toFixed(1)} MB after a tenth, ${heap.late.toFixed(1)} MB at the end`;
    print(`memory over ${items} Items`, text);
  }
  return Object.assign(
    {},
    spreadFigures('fullSizeTimesReference', fullSize?.ratio),
    spreadFigures('trimmedTimesReference', trimmed?.ratio),
    {
      heapEndByTenth: figure(heap && heap.late / heap.early),
      fullSizeMs: figure(fullSize?.ms),
      fullSizeReferenceMs: figure(fullSize?.referenceMs),
      trimmedMs: figure(trimmed?.ms),
      trimmedReferenceMs: figure(trimmed?.referenceMs),
      heapTenthMb: figure(heap?.early),
      heapEndMb: figure(heap?.late),
      items,
    },
  );
}

interface Times {
  readonly ms: number;
  readonly referenceMs: number | undefined;
  /** How many times as fast as the reference. */
  readonly ratio: Spread | undefined;
}

/** Measures both granules; a granule that is not on this machine is left out of the measurement. */
async function timesOf({ reference, rounds: count, print }: ItemOptions): Promise<OptionalTimes> {
  const folders = { [FULL_SIZE]: resolve(root, FULL), [SMALL]: resolve(root, TRIMMED) };
  const found = Object.entries(folders).filter(([name, folder]) => {
    if (!existsSync(folder)) print(name, `skipped: ${folder} does not exist`);
    return existsSync(folder);
  });
  const rounds: Round[] = [];
  for (let round = 0; round < count; round += 1) {
    // Both alternate, so that other load on the machine affects them equally.
    const ours = new Map<string, number>();
    for (const [name, folder] of found) ours.set(name, await medianMs(folder));
    rounds.push({
      ours,
      theirs: reference ? referenceTimes(Object.fromEntries(found)) : undefined,
    });
  }
  return [FULL_SIZE, SMALL].map((name) => {
    const times = granuleTimes(name, rounds);
    if (times !== undefined) print(`Item from a ${name}`, timesText(times));
    return times;
  });
}

type OptionalTimes = readonly (Times | undefined)[];

interface Round {
  readonly ours: ReadonlyMap<string, number>;
  readonly theirs: ReadonlyMap<string, number> | undefined;
}

function granuleTimes(name: string, rounds: readonly Round[]): Times | undefined {
  const ours = rounds.flatMap((round) => round.ours.get(name) ?? []);
  if (ours.length === 0) return undefined;
  const theirs = rounds.flatMap((round) => round.theirs?.get(name) ?? []);
  const ratios = theirs.map((ms, round) => ms / (ours[round] ?? NaN));
  const referenceMs = theirs.length === 0 ? undefined : median(theirs);
  return { ms: median(ours), referenceMs, ratio: spreadOf(ratios) };
}

function timesText({ ms, referenceMs, ratio }: Times): string {
  const text = `${ms.toFixed(3)} ms`;
  if (referenceMs === undefined || ratio === undefined) return text;
  return `${text}, reference ${referenceMs.toFixed(2)} ms: ${spreadText(ratio)}`;
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
async function heapMb(items: number): Promise<{ readonly early: number; readonly late: number }> {
  const make = maker(sampleFolder());
  const heap = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed / 1024 ** 2;
  };
  for (let n = 0; n < items / 10; n += 1) await make();
  const early = heap();
  for (let n = items / 10; n < items; n += 1) await make();
  return { early, late: heap() };
}
