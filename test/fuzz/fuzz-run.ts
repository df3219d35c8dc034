import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { bundleFile } from '../../cli/shared/bundle-file.js';
import { ROOT } from '../support/project/files.js';

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  /** Path of the worker that runs the cases. */
  readonly worker?: string;
  /** Milliseconds after which a case counts as hanging. It includes pauses on a busy machine. @default 10,000 */
  readonly hangMs?: number;
}

export interface FuzzWork {
  readonly from: number;
  readonly to: number;
  readonly seed: number;
  /** Shared memory with the number of the current case, before the first one `from` - 1. */
  readonly current: SharedArrayBuffer;
  /** Path of the bundled app of sentinel1. */
  readonly app: string;
}

export interface Finding {
  readonly number: number;
  readonly finding: string;
}

export interface FuzzReport {
  readonly counts: Record<'posted' | 'refused' | 'skipped' | 'finding', number>;
  readonly findings: Finding[];
  slowest: { readonly number: number; readonly milliseconds: number };
}

export interface FuzzSummary extends FuzzReport {
  readonly seconds: number;
  /** Peak memory of the process in megabytes. */
  readonly peakMegabytes: number;
}

export const MAX_CASE_MS = 1000;
export const MAX_MEGABYTES = 256;
const POLL_MS = 250;
const HANG_MS = 10_000;
const WORKER = join(import.meta.dirname, 'fuzz-worker.ts');
const APP = join(ROOT, 'pipelines/sentinel1/app.ts');

/**
 * Runs the cases from 0 to `count`. A case that hangs or kills its thread is a finding; the run then continues after it.
 *
 * @throws Error if a thread ends before its first case
 */
export async function fuzz({
  count,
  seed,
  worker = WORKER,
  hangMs = HANG_MS,
}: FuzzOptions): Promise<FuzzSummary> {
  const started = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const total: FuzzReport = {
    counts: { posted: 0, refused: 0, skipped: 0, finding: 0 },
    findings: [],
    slowest: { number: 0, milliseconds: 0 },
  };
  try {
    const file = await bundleFile(worker, folder);
    const app = await bundleFile(APP, folder);
    for (let from = 0; from < count;) {
      from = await runSome({ file, app, hangMs, seed }, { from, to: count }, total);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { slowest } = total;
  if (slowest.milliseconds > MAX_CASE_MS) {
    total.findings.push({ number: slowest.number, finding: `took ${slowest.milliseconds} ms` });
  }
  const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  return { ...total, seconds: (Date.now() - started) / 1000, peakMegabytes };
}

/** Cases per thread, so that a hang repeats only a few. */
const CASES = 5_000;

interface Runner {
  /** Path of the bundled worker. */
  readonly file: string;
  /** Path of the bundled app of sentinel1. */
  readonly app: string;
  readonly seed: number;
  readonly hangMs: number;
}

type Range = Pick<FuzzWork, 'from' | 'to'>;

/** Runs the cases of one thread. Returns the number of the next case. */
async function runSome(runner: Runner, { from, to }: Range, total: FuzzReport): Promise<number> {
  const end = Math.min(to, from + CASES);
  const current = new SharedArrayBuffer(4);
  Atomics.store(new Int32Array(current), 0, from - 1);
  const worker = new Worker(runner.file, {
    workerData: { from, to: end, seed: runner.seed, current, app: runner.app } satisfies FuzzWork,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MAX_MEGABYTES },
  });
  const result = await outcomeOf(worker, new Int32Array(current), runner.hangMs);
  if ('finding' in result) {
    if (result.number < from) throw new Error(`no case ran: ${result.finding}`);
    total.findings.push(result);
    total.counts.finding += 1;
    // The results of the cases before it were lost with the thread, so they run again.
    if (result.number > from) await runSome(runner, { from, to: result.number }, total);
    return result.number + 1;
  }
  add(total, result);
  return end;
}

function outcomeOf(
  worker: Worker,
  current: Int32Array,
  hangMs: number,
): Promise<FuzzReport | Finding> {
  return new Promise((resolve) => {
    let last = -1;
    let since = performance.now();
    const end = (result: FuzzReport | Finding): void => {
      clearInterval(watch);
      void worker.terminate();
      resolve(result);
    };
    const watch = setInterval(() => {
      const number = Atomics.load(current, 0);
      if (number !== last) [last, since] = [number, performance.now()];
      else if (performance.now() - since > hangMs) end({ number, finding: 'hangs' });
    }, POLL_MS);
    worker.once('message', end);
    worker.once('error', (error) => {
      end({ number: Atomics.load(current, 0), finding: `the thread died: ${String(error)}` });
    });
  });
}

function add(total: FuzzReport, { counts, findings, slowest }: FuzzReport): void {
  for (const name of ['posted', 'refused', 'skipped', 'finding'] as const) {
    total.counts[name] += counts[name];
  }
  total.findings.push(...findings);
  if (slowest.milliseconds > total.slowest.milliseconds) total.slowest = slowest;
}
