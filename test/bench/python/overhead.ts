import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPython } from '../../../cli/python/interpreter.js';
import { PythonWorker } from '../../../lambdas/python/worker.js';
import { figure, median, type Figures, type Print } from '../figures.js';
import { DirectPython } from './direct.js';
import { pipelineMaker } from './pipeline.js';

const FUNCTION = join(import.meta.dirname, 'items.py');
/** About the sizes of the Items in kB. */
const SIZES = [0, 2, 20];
const LARGEST = 20;
const CALLS = 500;

export interface OverheadOptions {
  /** Folder for temporary files. */
  readonly folder: string;
  readonly rounds: number;
  readonly print: Print;
}

/**
 * Measures what the worker adds to an Item beyond the call of the function in Python; and what a whole granule costs beyond
 * it, which is also copied to a folder of its own, checked and validated.
 */
export async function benchOverhead({ folder, rounds, print }: OverheadOptions): Promise<Figures> {
  const executable = await findPython('the bench');
  const direct = new DirectPython(executable, FUNCTION);
  const worker = workerOf(executable);
  const make = pipelineMaker({ variables: variablesOf(executable), bucket: folder });
  const overheads = new Map<number, number[]>(SIZES.map((size) => [size, []]));
  const granules: number[] = [];
  const keys = granuleKeys(folder);
  try {
    // The first round is a warm-up.
    for (let round = 0; round <= rounds; round += 1) {
      for (const size of SIZES) {
        const hrefs = Array.from({ length: CALLS }, (_, n) => `granule-${n}-${size}`);
        const base = await direct.msPerItem(hrefs);
        const added = (await workerMs(worker, hrefs)) - base;
        if (round > 0) overheads.get(size)?.push(added);
        if (size !== LARGEST) continue;
        const whole = (await make(keys)) - base;
        if (round > 0) granules.push(whole);
      }
    }
  } finally {
    await direct.close();
    worker.stop();
  }
  const [tiny, small, largest] = SIZES.map((size) => median(overheads.get(size) ?? []));
  const text = [tiny, small, largest].map((ms) => (ms ?? NaN).toFixed(3)).join(', ');
  print('worker per Item of 0.2, 2, 20 kB', `${text} ms more than the call of the function`);
  print('granule with an Item of 20 kB', `${median(granules).toFixed(3)} ms more than the call`);
  return {
    overhead_ms: figure(largest),
    overhead_2_kb_ms: figure(small),
    overhead_200_b_ms: figure(tiny),
    granule_overhead_ms: figure(median(granules)),
  };
}

function granuleKeys(folder: string): readonly string[] {
  mkdirSync(join(folder, 'granules'));
  return Array.from({ length: CALLS }, (_, n) => {
    const key = `granules/granule-${n}-${LARGEST}`;
    writeFileSync(join(folder, key), 'x'.repeat(LARGEST * 1000));
    return key;
  });
}

/** The median, because on a busy machine some calls wait for a processor. */
async function workerMs(worker: PythonWorker, hrefs: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (const href of hrefs) {
    const started = performance.now();
    await worker.make({ href }, { subject: href });
    times.push(performance.now() - started);
  }
  return median(times);
}

const WORKER = 'lambdas/python/worker.py';
const GRANULE_SECONDS = 20;

function workerOf(executable: string): PythonWorker {
  return new PythonWorker(
    {
      executable,
      script: WORKER,
      function: FUNCTION,
      permanentErrors: [],
      environment: { PATH: process.env['PATH'] ?? '' },
      granuleSeconds: GRANULE_SECONDS,
    },
    () => undefined,
  );
}

function variablesOf(executable: string): Readonly<Record<string, string>> {
  return {
    PYTHON_FUNCTION: FUNCTION,
    PYTHON_ARGUMENTS: '{}',
    PYTHON_EXECUTABLE: executable,
    PYTHON_WORKER: WORKER,
    PYTHON_FOLDER: '.',
    GRANULE_INPUT: 'file',
    GRANULE_FILES: '[]',
    GRANULE_PATTERN: 'granule',
  };
}
