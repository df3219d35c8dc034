import { parentPort, workerData } from 'node:worker_threads';
import type { FuzzReport, FuzzWork } from './fuzz-run.js';

// Replaces fuzz-worker.ts in a test: one case never ends, and one ends the thread.
const { from, to, current } = workerData as FuzzWork;
const shared = new Int32Array(current);
const counts = { posted: 0, refused: 0, skipped: 0, finding: 0 };

for (let number = from; number < to; number += 1) {
  Atomics.store(shared, 0, number);
  while (number === 3);
  if (number === 6) throw new Error('out of luck');
  counts.posted += 1;
}
const slowest = { number: from, milliseconds: 0 };
parentPort?.postMessage({ counts, findings: [], slowest } satisfies FuzzReport);
