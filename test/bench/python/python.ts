import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonInterpreter } from '../../../cli/python/environment.js';
import { figure, median, type Figures, type Print } from '../figures.js';
import { benchCopies } from './copies.js';
import { benchCores } from './cores.js';
import { benchOverhead } from './overhead.js';
import { benchUvx } from './uvx.js';

export interface PythonOptions {
  /** Number of granules of a local run; 0 skips it. */
  readonly granules: number;
  readonly rounds: number;
  readonly print: Print;
}

/** Holds the temporary files where it exists: a disk that other programs use would be measured, too. */
const MEMORY = '/dev/shm';

/** Measures how pipelines in Python make Items, next to the same functions without the framework, and next to uvx. */
export async function benchPython({ granules, rounds, print }: PythonOptions): Promise<Figures> {
  const environment = { ...process.env };
  if (existsSync(MEMORY)) process.env['TMPDIR'] = MEMORY;
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const options = { folder, rounds, print };
  try {
    const cores = granules === 0 ? { cores_ratio: null } : benchCores({ ...options, granules });
    const parts = [
      await benchOverhead(options),
      await benchUvx(options),
      await benchCopies(options),
      cores,
      await benchEnvironment(options),
      { load: figure(loadavg()[0]) },
    ];
    return Object.assign({}, ...parts) as Figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    process.env = environment;
  }
}

/** Measures what an environment costs that is there already, on each command that makes Items. */
async function benchEnvironment({ rounds, print }: Omit<PythonOptions, 'granules'>) {
  const id = 'noaa_oisst';
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    await pythonInterpreter({ id, folder: join('pipelines', id) });
    times.push(performance.now() - started);
  }
  print('environment of an unchanged lock', `${median(times).toFixed(1)} ms`);
  return { environment_ms: figure(median(times)) };
}
