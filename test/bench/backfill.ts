import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PAGE_BYTES } from '../../lambdas/backfill/collaborators.js';
import { parseRecords } from '../../lambdas/inventory/result-csv.js';
import { benchKey, PLAIN_ENDING, writeBenchInventory } from '../faults/backfill/keys.js';
import { emulatorQueue, standInQueue, type BenchQueue } from './queue.js';
import { sendingRates } from './sending.js';
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

export interface BackfillBench {
  /** Number of keys in the inventory; 0 skips it. */
  readonly keys: number;
  /** Number of rows to send to the queue over HTTP; 0 skips it. */
  readonly rows: number;
  /** The URL of an emulator of SQS to which rows are sent as well. */
  readonly sqs: string | undefined;
  /** Number of rounds in which both ways of sending are compared. */
  readonly rounds: number;
  readonly print: Print;
}

const ROUNDS = 3;
const PARSED_ROWS = 1_000_000;
/** About the latency of SQS within a region. */
const RESPONSE_MS = 10;
/** The goal: how many times as fast as one SendMessage per row a backfill sends. */
const GOAL = 50;

/** Measures a backfill: parsing alone, sending alone, and the whole way from an inventory on this machine to a queue. */
export async function benchBackfill(options: BackfillBench): Promise<Figures> {
  const { keys, rows, sqs, print } = options;
  const parsed = parsedRows();
  print('result parsing alone', `${Math.round(parsed).toLocaleString('en')} rows/s`);
  const slow = rows > 0 ? await sending(await standInQueue(RESPONSE_MS), options) : undefined;
  if (slow !== undefined) {
    const text = `${sendingText(slow)}, goal ${GOAL} times`;
    print(`rows to SQS, responses after ${RESPONSE_MS} ms`, text);
  }
  const emulated =
    rows > 0 && sqs !== undefined ? await sending(await emulatorQueue(sqs), options) : undefined;
  if (emulated !== undefined) print('rows to the emulator of SQS', sendingText(emulated));
  const runs = keys > 0 ? await inventoryRuns(keys, print) : undefined;
  return Object.assign(
    {},
    spreadFigures('timesOneByOne', slow?.ratio),
    spreadFigures('timesOneByOneEmulator', emulated?.ratio),
    {
      sentRowsPerSecond: figure(slow?.ours),
      oneByOneRowsPerSecond: figure(slow?.oneByOne),
      responseMs: RESPONSE_MS,
      rows,
      parsedRowsPerSecond: figure(parsed),
      keysSeconds: figure(runs?.many.seconds),
      keysPeakMb: figure(runs?.many.peakMb),
      keysExtraMb: figure(runs && runs.many.peakMb - runs.few.peakMb),
      keys,
    },
  );
}

/** Returns the rows parsed per second, in pages as a backfill reads them. The best of three, because other load only slows. */
function parsedRows(): number {
  const page = pageOfRows();
  const pages = Math.ceil(PARSED_ROWS / parseRecords(page, true).records.length);
  const rounds = Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    let rows = 0;
    for (let count = 0; count < pages; count += 1) rows += parseRecords(page, true).records.length;
    return rows / ((performance.now() - started) / 1000);
  });
  return Math.max(...rounds);
}

function pageOfRows(): Buffer {
  const lines: string[] = [];
  for (let bytes = 0; bytes < PAGE_BYTES;) {
    const key = benchKey(lines.length, PLAIN_ENDING);
    const line = `"${key}","${lines.length}","2022-04-20 01:02:03.000"\n`;
    lines.push(line);
    bytes += line.length;
  }
  return Buffer.from(lines.join(''));
}

interface Sending {
  /** Rows per second in parallel batches, and with one SendMessage per row. */
  readonly ours: number;
  readonly oneByOne: number;
  readonly ratio: Spread | undefined;
}

async function sending(queue: BenchQueue, { rows, rounds }: BackfillBench): Promise<Sending> {
  const rates = await sendingRates(queue, { rows, rounds });
  return {
    ours: median(rates.map((rate) => rate.ours)),
    oneByOne: median(rates.map((rate) => rate.oneByOne)),
    ratio: spreadOf(rates.map((rate) => rate.ours / rate.oneByOne)),
  };
}

function sendingText({ ours, oneByOne, ratio }: Sending): string {
  const rates = `${ours.toFixed(0)} rows/s, one SendMessage per row ${oneByOne.toFixed(0)}`;
  return ratio === undefined ? rates : `${rates}: ${spreadText(ratio)}`;
}

interface InventoryRun {
  readonly received: number;
  readonly seconds: number;
  /** Processor time, including start-up and the query. */
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

interface InventoryRuns {
  /** The run over a tenth of the keys, and the run over all. */
  readonly few: InventoryRun;
  readonly many: InventoryRun;
}

async function inventoryRuns(keys: number, print: Print): Promise<InventoryRuns> {
  const few = await printedRun(Math.ceil(keys / 10), print);
  const many = await printedRun(keys, print);
  print('', `${(many.peakMb - few.peakMb).toFixed(0)} MB more for ten times the keys`);
  return { few, many };
}

async function printedRun(keys: number, print: Print): Promise<InventoryRun> {
  const run = await inventoryRun(keys);
  const { received, seconds, cpuSeconds, peakMb } = run;
  if (received !== keys) throw new Error(`${received} of ${keys} keys became messages`);
  print(
    `${keys} keys of CSV.gz to messages`,
    `${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of processor time), peak ${peakMb.toFixed(0)} MB`,
  );
  return run;
}

async function inventoryRun(keys: number): Promise<InventoryRun> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-inventory-'));
  try {
    const inventory = join(folder, 'inventory');
    await writeBenchInventory(inventory, keys, PLAIN_ENDING);
    const worker = join(import.meta.dirname, 'inventory-worker.ts');
    const args = ['--import', 'tsx', '--no-warnings', worker, inventory, join(folder, 'work')];
    const output = execFileSync(process.execPath, args, { encoding: 'utf8' });
    return JSON.parse(output) as InventoryRun;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
