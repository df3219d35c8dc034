import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { readCorpus } from './corpus.js';
import type { FuzzReport, FuzzWork } from './fuzz-run.js';
import { type FuzzTarget, runCase } from './fuzz-case.js';

// Entry of a worker thread, which can be terminated when a case hangs.
if (parentPort) await run(workerData as FuzzWork);

async function run({ from, to, seed, current, app }: FuzzWork): Promise<void> {
  const { handler } = (await import(pathToFileURL(app).href)) as Pick<FuzzTarget, 'handler'>;
  const target = { handler, corpus: readCorpus() };
  const shared = new Int32Array(current);
  const counts = { posted: 0, refused: 0, skipped: 0, finding: 0 };
  const report: FuzzReport = { counts, findings: [], slowest: { number: from, milliseconds: 0 } };
  for (let number = from; number < to; number += 1) {
    Atomics.store(shared, 0, number);
    const started = performance.now();
    const { outcome, finding } = await runCase(target, seed, number);
    const milliseconds = performance.now() - started;
    counts[outcome] += 1;
    if (finding !== undefined) report.findings.push({ number, finding });
    if (milliseconds > report.slowest.milliseconds) report.slowest = { number, milliseconds };
  }
  Atomics.store(shared, 0, to);
  parentPort?.postMessage(report);
}
