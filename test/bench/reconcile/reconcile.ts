import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { figure, type Figures, type Print } from '../figures.js';
import { holesOf, writeProducts } from './ids.js';

interface Run {
  readonly peakMb: number;
  readonly cpuSeconds: number;
  readonly seconds: number;
  /** Seconds until the first page of the API, from the first to the last page, and after it. */
  readonly stages: readonly [rows: number, items: number, comparison: number];
}

/** Measures the comparison of an inventory with a catalogue of `ids` Items, and of a tenth of them. */
export async function benchReconcile(ids: number, print: Print): Promise<Figures> {
  const few = await measured(Math.ceil(ids / 10), print);
  const many = await measured(ids, print);
  const extraMb = many.peakMb - few.peakMb;
  print('', `${extraMb.toFixed(0)} MB more for ten times the ids`);
  const [rows, items, comparison] = many.stages;
  return {
    // Both sides.
    idsPerSecond: figure((2 * ids) / many.seconds),
    rowsPerSecond: figure(ids / rows),
    itemsPerSecond: figure(ids / items),
    seconds: figure(many.seconds),
    comparisonSeconds: figure(comparison),
    cpuSeconds: figure(many.cpuSeconds),
    peakMb: figure(many.peakMb),
    tenthPeakMb: figure(few.peakMb),
    extraMb: figure(extraMb),
    ids,
  };
}

async function measured(ids: number, print: Print): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-reconcile-'));
  const api = fork(join(import.meta.dirname, 'api-worker.ts'), [String(ids)], {
    execArgv: ['--import', 'tsx', '--no-warnings'],
  });
  try {
    const [url] = (await once(api, 'message')) as [string];
    const inventory = join(folder, 'inventory');
    await writeProducts(inventory, ids);
    const started = Date.now();
    const words = ['--local', '--inventory', inventory, '--stac-api', url, '--json'];
    const output = await runCommand(['sentinel1', ...words, '--out', join(folder, 'out')]);
    const ended = Date.now();
    api.send('times');
    const [{ firstAt, lastAt }] = (await once(api, 'message')) as [
      { firstAt: number; lastAt: number },
    ];
    const { peakMb, cpuSeconds } = parsed(output, ids);
    const times = [started, firstAt, lastAt, ended].map((time) => time / 1000);
    const [a = 0, b = 0, c = 0, d = 0] = times;
    const run: Run = { peakMb, cpuSeconds, seconds: d - a, stages: [b - a, c - b, d - c] };
    print(`${ids} ids a side`, textOf(run));
    return run;
  } finally {
    api.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The exit code is 1, because some Items are missing. */
async function runCommand(words: readonly string[]): Promise<string> {
  const worker = join(import.meta.dirname, 'run-worker.ts');
  const args = ['--import', 'tsx', '--no-warnings', worker, ...words];
  try {
    return (await promisify(execFile)(process.execPath, args)).stdout;
  } catch (error) {
    const {
      code,
      stdout = '',
      stderr = '',
    } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (code === 1 && stdout.includes('"expected"')) return stdout;
    throw new Error(`the command failed: ${stderr}`, { cause: error });
  }
}

/** Returns the memory and the processor time. Throws if the numbers of the report are wrong. */
function parsed(output: string, ids: number): Pick<Run, 'peakMb' | 'cpuSeconds'> {
  const at = output.trimEnd().lastIndexOf('\n');
  const report = JSON.parse(output.slice(0, at)) as Record<string, unknown>;
  const holes = holesOf(ids);
  const found = [report['expected'], report['missing'], report['surplus']];
  if (found.join() !== [ids, holes, holes].join())
    throw new Error(
      `expected, missing and surplus are ${found.join(', ')}, not ${ids}, ${holes}, ${holes}`,
    );
  return JSON.parse(output.slice(at)) as Pick<Run, 'peakMb' | 'cpuSeconds'>;
}

function textOf({ seconds, stages, peakMb, cpuSeconds }: Run): string {
  const [rows, items, comparison] = stages.map((stage) => stage.toFixed(1));
  return `${seconds.toFixed(1)} s (rows ${rows ?? ''}, Items ${items ?? ''}, comparison ${comparison ?? ''}; ${cpuSeconds.toFixed(0)} s of processor time), peak ${peakMb.toFixed(0)} MB`;
}
