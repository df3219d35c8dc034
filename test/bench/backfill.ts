import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PAGE_BYTES } from '../../lambdas/backfill/collaborators.js';
import { parseRecords } from '../../lambdas/inventory/result-csv.js';
import { benchKey, PLAIN_ENDING, writeBenchInventory } from '../faults/backfill/keys.js';
import { emulatorQueue, standInQueue, type BenchQueue } from './queue.js';
import { sendingRates } from './sending.js';
import { median } from './sample.js';

export interface BackfillBench {
  /** Number of keys in the inventory; 0 skips it. */
  readonly keys: number;
  /** Number of rows to send to the queue over HTTP; 0 skips it. */
  readonly rows: number;
  /** The URL of an emulator of SQS to which rows are sent as well. */
  readonly sqs: string | undefined;
  readonly print: (name: string, value: string) => void;
}

const ROUNDS = 3;
const PARSED_ROWS = 1_000_000;
/** About the latency of SQS within a region. */
const RESPONSE_MS = 10;
/** The goal: how many times as fast as one SendMessage per row a backfill sends. */
const GOAL = 50;

/** Measures a backfill: parsing alone, sending alone, and the whole way from an inventory on this machine to a queue. */
export async function benchBackfill({ keys, rows, sqs, print }: BackfillBench): Promise<void> {
  print('result parsing alone', `${Math.round(parsedRows()).toLocaleString('en')} rows/s`);
  if (rows > 0) {
    const text = await sendingText(await standInQueue(RESPONSE_MS), rows);
    print(`rows to SQS, responses after ${RESPONSE_MS} ms`, `${text}, goal ${GOAL} times`);
  }
  if (rows > 0 && sqs !== undefined) {
    print('rows to the emulator of SQS', await sendingText(await emulatorQueue(sqs), rows));
  }
  if (keys > 0) await printInventory(keys, print);
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

async function sendingText(queue: BenchQueue, rows: number): Promise<string> {
  const rounds = await sendingRates(queue, rows);
  const [ours, theirs] = [rounds.map((round) => round.ours), rounds.map((round) => round.oneByOne)];
  const ratios = rounds.map((round) => round.ours / round.oneByOne);
  return (
    `${median(ours).toFixed(0)} rows/s, one SendMessage per row ${median(theirs).toFixed(0)}: ` +
    `${median(ratios).toFixed(1)} times (${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)})`
  );
}

interface InventoryRun {
  readonly received: number;
  readonly seconds: number;
  /** Processor time, including start-up and the query. */
  readonly cpuSeconds: number;
  readonly peakMb: number;
}

async function printInventory(keys: number, print: BackfillBench['print']): Promise<void> {
  const runs: InventoryRun[] = [];
  for (const count of [Math.ceil(keys / 10), keys]) {
    const run = await inventoryRun(count);
    runs.push(run);
    const { received, seconds, cpuSeconds, peakMb } = run;
    if (received !== count) throw new Error(`${received} of ${count} keys became messages`);
    print(
      `${count} keys of CSV.gz to messages`,
      `${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of processor time), peak ${peakMb.toFixed(0)} MB`,
    );
  }
  const [few, many] = runs;
  print(
    '',
    `${((many?.peakMb ?? NaN) - (few?.peakMb ?? NaN)).toFixed(0)} MB more for ten times the keys`,
  );
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
