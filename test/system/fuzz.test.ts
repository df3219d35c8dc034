import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { seededRandom } from '../../local/http/faults.js';
import { readCorpus } from '../fuzz/corpus.js';
import { type FuzzTarget, runCase } from '../fuzz/fuzz-case.js';
import { fuzz, MAX_CASE_MS, MAX_MEGABYTES } from '../fuzz/fuzz-run.js';
import { mutate } from '../fuzz/damage.js';
import { shippedModule } from '../support/project/shipped.js';

// Needs pipelines/sentinel1.

test('a thousand damaged manifests and messages end as Items, skips or typed errors', async () => {
  const { counts, findings, slowest } = await fuzz({ count: 1_000, seed: 1 });

  expect(findings).toEqual([]);
  expect(counts.posted + counts.refused + counts.skipped).toBe(1_000);
  expect(counts.posted).toBeGreaterThan(50);
  expect(slowest.milliseconds).toBeLessThan(MAX_CASE_MS);
  expect(MAX_MEGABYTES).toBe(256);
}, 120_000);

test('a case that hangs and one that kills its thread are findings, and the other cases run', async () => {
  const worker = join(import.meta.dirname, '..', 'fuzz', 'hanging-worker.ts');

  const { counts, findings } = await fuzz({ count: 10, seed: 1, worker, hangMs: 500 });

  expect(findings).toEqual([
    { number: 3, finding: 'hangs' },
    { number: 6, finding: 'the thread died: Error: out of luck' },
  ]);
  expect(counts).toEqual({ posted: 8, refused: 0, skipped: 0, finding: 2 });
}, 60_000);

test('a thread that ends before its first case fails the run, instead of one finding a case', async () => {
  const worker = join(import.meta.dirname, '..', 'fuzz', 'broken-worker.ts');

  await expect(fuzz({ count: 1_000, seed: 1, worker })).rejects.toThrow(
    new Error('no case ran: the thread died: Error: cannot start'),
  );
}, 60_000);

test('a case is determined by its seed and number', async () => {
  const { handler } = await shippedModule<Pick<FuzzTarget, 'handler'>>('sentinel1/app.ts');
  const target = { handler, corpus: readCorpus() };
  const outcomes = async () =>
    Promise.all(Array.from({ length: 40 }, (_, number) => runCase(target, 5, number)));

  await expect(outcomes()).resolves.toEqual(await outcomes());
});

test('damage changes bytes, up to a megabyte, and is determined by its seed', () => {
  const bytes = Buffer.from('<a><b>text</b></a>'.repeat(100));
  const mutants = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 300 }, () => mutate(bytes, random).toString('latin1'));
  };

  expect(mutants(1)).toEqual(mutants(1));
  expect(new Set(mutants(1)).size).toBeGreaterThan(250);
  expect(Math.max(...mutants(2).map((mutant) => mutant.length))).toBeLessThanOrEqual(1024 * 1024);
});
