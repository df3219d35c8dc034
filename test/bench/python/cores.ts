import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { figure, median, spreadOf, spreadText, type Figures, type Print } from '../figures.js';
import { sampleOf } from './pipeline.js';

const root = join(import.meta.dirname, '../../..');
const PIPELINE = 'noaa_hrrr';
/** As many as the file of a forecast has; the sample has a few of them. */
const MESSAGES = 170;

export interface CoresOptions {
  /** Folder for temporary files. */
  readonly folder: string;
  /** Number of granules of a run. */
  readonly granules: number;
  readonly rounds: number;
  readonly print: Print;
}

/** Measures local runs over copies of a small granule: with one worker, and with as many as this machine has cores. */
export function benchCores(options: CoresOptions): Figures {
  const { folder, granules, rounds, print } = options;
  const bucket = join(folder, 'bucket');
  copies(bucket, granules);
  const cores = availableParallelism();
  const [one, all]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    one.push(itemsPerSecond(folder, bucket, 1));
    all.push(itemsPerSecond(folder, bucket, cores));
  }
  const ratio = spreadOf(all.map((rate, round) => rate / (one[round] ?? NaN)));
  if (ratio !== undefined) {
    const rates = `${median(all).toFixed(0)} and ${median(one).toFixed(0)} Items/s`;
    print(`${cores} workers and one`, `${rates}: ${spreadText(ratio)}`);
  }
  return {
    cores_ratio: figure(ratio?.median),
    cores_ratio_min: figure(ratio?.min),
    cores_ratio_max: figure(ratio?.max),
    cores,
    items_per_second: figure(median(all)),
    items_per_second_one_worker: figure(median(one)),
    granules,
  };
}

/** A run's own rate: it begins when the pipeline is bundled, and contains the import of the package. */
function itemsPerSecond(folder: string, bucket: string, workers: number): number {
  const out = join(folder, `out-${workers}`);
  const words = [PIPELINE, '--granules', bucket, '--out', out, '--fresh'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--no-warnings', 'cli/local.ts', ...words, '--concurrency', `${workers}`],
    { cwd: root, encoding: 'utf8' },
  );
  const [, made] = /^made (\d+), posted \1$/m.exec(stdout) ?? [];
  const [, seconds] = /^(\d+\.\d+) s \(/m.exec(stdout) ?? [];
  if (status !== 0 || made === undefined || seconds === undefined) {
    throw new Error(`the local run failed: ${stdout}${stderr}`);
  }
  return Number(made) / Number(seconds);
}

/** Copies the index of the sample to other days and hours: the ids of the Items contain both. */
function copies(bucket: string, count: number): void {
  const sample = sampleOf(PIPELINE, '.idx');
  const lines = readFileSync(join(sample.bucket, sample.key), 'utf8').trim().split('\n');
  const text = Array.from({ length: MESSAGES }, (_, message) => {
    const about = (lines[message % lines.length] ?? '').replace(/^\d+:\d+/, '');
    return `${message + 1}:${message * 400_000}${about}\n`;
  }).join('');
  for (let n = 0; n < count; n += 1) {
    const start = new Date(Date.UTC(2024, 0, 1, n));
    const day = start.toISOString().slice(0, 10).replaceAll('-', '');
    const hour = start.toISOString().slice(11, 13);
    const moved = (given: string): string =>
      given.replaceAll('20240510', day).replaceAll('t12z', `t${hour}z`);
    const target = join(bucket, moved(sample.key));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, moved(text));
  }
}
