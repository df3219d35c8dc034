import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { figure, median, spreadOf, type Figures, type Print } from '../figures.js';
import { billOfMillion, gbSecondsOf, type Bill } from './billing.js';
import { granulesIn, SAMPLE, type Granules } from './granules.js';
import { startServices, type Services } from './services.js';
import { ours, reference, type Side } from './sides.js';

const FULL_SIZE = join(import.meta.dirname, '../../../../shared/data/sentinel1/full-size');
/** Milliseconds as a function sees them within a region. */
const LATENCY = { s3Ms: 30, ingestorMs: 150 };

export interface CostOptions {
  /** Whether to also measure the Python reference. */
  readonly reference: boolean;
  /** Number of new processes on each side. */
  readonly rounds: number;
  readonly print: Print;
}

/** What one new process did. */
interface Run extends Bill {
  /** Milliseconds from the start of the process until its first batch was done. */
  readonly coldMs: number;
  readonly coldGbSeconds: number;
  readonly s3PerItem: number;
  readonly logBytesPerItem: number;
}

/** Measures what Lambda bills for a million Items: the deployed bundle, and the reference's way of making them. */
export async function benchCost(options: CostOptions): Promise<Figures> {
  const sides = [await ours(), ...(options.reference ? [reference()] : [])];
  try {
    const trimmed = await measure(sides, { ...options, granules: granulesIn(SAMPLE) });
    const fullSize = await measureFullSize(sides, options);
    const ratio = spreadOf(ratiosOf(trimmed));
    return {
      ratio: figure(ratio?.median),
      ratio_min: figure(ratio?.min),
      ratio_max: figure(ratio?.max),
      full_size_ratio: figure(spreadOf(ratiosOf(fullSize))?.median),
      usd_per_million: bothSides(trimmed, ({ usd }) => usd),
      gb_seconds_per_million: bothSides(trimmed, ({ gbSeconds }) => gbSeconds),
      cold_start_ms: bothSides(trimmed, ({ coldMs }) => coldMs),
      cold_start_gb_seconds: bothSides(trimmed, ({ coldGbSeconds }) => coldGbSeconds),
      s3_requests_per_item: bothSides(trimmed, ({ s3PerItem }) => s3PerItem),
      log_bytes_per_item: bothSides(trimmed, ({ logBytesPerItem }) => logBytesPerItem),
    };
  } finally {
    for (const { close } of sides) close();
  }
}

type Runs = Readonly<Partial<Record<Side['name'], readonly Run[]>>>;

interface Measurement extends CostOptions {
  readonly granules: Granules;
  readonly name?: string;
}

/** The granule that `bench items` measures, too; it is not in this repository. */
function measureFullSize(sides: readonly Side[], options: CostOptions): Promise<Runs> {
  if (existsSync(FULL_SIZE)) {
    const granules = granulesIn(FULL_SIZE);
    return measure(sides, { ...options, granules, name: ' from full-size granules' });
  }
  options.print('full-size granules', `skipped: ${FULL_SIZE} does not exist`);
  return Promise.resolve({});
}

async function measure(
  sides: readonly Side[],
  { granules, rounds, print, name = '' }: Measurement,
): Promise<Runs> {
  const runs: Partial<Record<Side['name'], Run[]>> = {};
  const services = await startServices({ folders: granules.folders, ...LATENCY });
  try {
    // Both sides alternate, so that other load on the machine affects them equally.
    for (let round = 0; round < rounds; round += 1) {
      for (const side of sides) {
        const run = await runOf(side, { granules, services, print: round === 0 ? print : ignore });
        (runs[side.name] ??= []).push(run);
      }
    }
  } finally {
    await services.close();
  }
  for (const [side, all] of Object.entries(runs)) print(`${side}${name}`, textOf(all));
  return runs;
}

function ignore(): void {
  // The first round has said it.
}

interface RunContext {
  readonly granules: Granules;
  readonly services: Services;
  readonly print: Print;
}

async function runOf(side: Side, { granules, services, print }: RunContext): Promise<Run> {
  const { settings, invocations, name } = side;
  const { batchSize } = settings;
  const started = performance.now();
  const container = side.start(services.url);
  print(`processor of ${name}`, `limited by ${container.limitedBy}`);
  try {
    await container.ready();
    await container.invoke(granules.batch(0, batchSize));
    const coldMs = performance.now() - started;
    const [before, logged] = [await services.counts(), container.logBytes];
    const milliseconds: number[] = [];
    for (let batch = 1; batch <= invocations; batch += 1) {
      milliseconds.push(await container.invoke(granules.batch(batch, batchSize)));
    }
    const after = await services.counts();
    const items = invocations * batchSize;
    if (after.posts - before.posts !== items) {
      throw new Error(`${name}: ${after.posts - before.posts} of ${items} Items were posted`);
    }
    return {
      ...billOfMillion({ ...settings, milliseconds }),
      coldMs,
      coldGbSeconds: gbSecondsOf(coldMs, settings),
      s3PerItem: (after.s3 - before.s3) / items,
      logBytesPerItem: (container.logBytes - logged) / items,
    };
  } finally {
    await container.end();
  }
}

/** How many times as much the reference costs, in each round. */
function ratiosOf({ ours: own = [], reference: theirs = [] }: Runs): number[] {
  return theirs.map(({ usd }, round) => usd / (own[round]?.usd ?? NaN));
}

function bothSides(runs: Runs, value: (run: Run) => number) {
  const of = (all: readonly Run[] = []) => figure(median(all.map(value)));
  return { ours: of(runs.ours), reference: of(runs.reference) };
}

function textOf(runs: readonly Run[]): string {
  const [usd, gbSeconds, cold] = [
    median(runs.map((run) => run.usd)),
    median(runs.map((run) => run.gbSeconds)),
    median(runs.map((run) => run.coldMs)),
  ];
  return `${usd.toFixed(2)} USD and ${gbSeconds.toFixed(0)} GB-seconds per million Items; cold start ${cold.toFixed(0)} ms`;
}
