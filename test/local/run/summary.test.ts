import { describe, expect, test } from '@jest/globals';

import { failureCount, type RunSummary, summaryText } from '../../../local/run/summary.js';

const SUMMARY: RunSummary = {
  folder: 'out/demo',
  made: 10,
  posted: 10,
  retries: 0,
  skipped: 0,
  backfill: { messages: 0, named: 0 },
  items: 10,
  doneBefore: 0,
  failures: new Map(),
  collectionFault: undefined,
  inputFault: undefined,
  notes: [],
  warnings: 0,
  tokenRequests: 1,
  seconds: 2,
  isInterrupted: false,
  isDryRun: false,
};

const linesOf = (change: Partial<RunSummary>): string[] =>
  summaryText({ ...SUMMARY, ...change }).split('\n');

describe('the summary of a run', () => {
  test('[N02] states the counts of the inventory, and counts an incomplete one as a failure', () => {
    const change = {
      notes: ['inventory: 3 rows, 1 messages sent, 2 refused'],
      inputFault: 'no key',
    };

    expect(linesOf(change)).toEqual([
      'made 10, posted 10',
      'inventory: 3 rows, 1 messages sent, 2 refused',
      'failed 1: see dead-letters.ndjson',
      '  the input is not complete: no key',
      '2.0 s (5 Items/s)',
      'see out/demo/index.html',
      '',
    ]);
    expect(failureCount({ ...SUMMARY, ...change })).toBe(1);
  });

  test('states the counts, and which files have the details', () => {
    expect(summaryText(SUMMARY)).toBe(
      'made 10, posted 10\nfailed 0\n2.0 s (5 Items/s)\nsee out/demo/index.html\n',
    );
  });

  test('groups failures by error, the most frequent first, with an example shortened to one line', () => {
    const failures = new Map([
      ['ReadError', { count: 1, example: `s3://b/k\n${'x'.repeat(500)}` }],
      ['GranuleError', { count: 7, example: 'no footprint' }],
    ]);

    const lines = linesOf({ failures, collectionFault: 'answered 403' });

    expect(lines[1]).toBe('failed 9: see dead-letters.ndjson');
    expect(lines[2]).toBe('  7 GranuleError, for example: no footprint');
    expect(lines[3]).toMatch(/^ {2}1 ReadError, for example: s3:\/\/b\/k x+\.\.\.$/);
    expect(lines[4]).toBe('  the Collection was not posted: answered 403');
    expect(failureCount({ ...SUMMARY, failures, collectionFault: 'x' })).toBe(9);
  });

  test.each<[string, Partial<RunSummary>, string]>([
    ['a dry run', { isDryRun: true, posted: 10 }, 'made 10, posted none (dry run)'],
    ['further attempts', { retries: 3 }, 'retries 3: attempts at messages that had failed before'],
    ['skipped messages', { skipped: 2 }, 'skipped 2: messages that gave no Item'],
    ['Items made twice', { items: 5 }, 'items.ndjson holds 5: the last of each id'],
    ['a resumed run', { doneBefore: 4 }, 'done before 4: finished by the interrupted run'],
    ['warnings', { warnings: 3 }, 'warnings 3: see log.ndjson'],
    [
      'an interruption',
      { isInterrupted: true },
      'interrupted: in-flight messages were finished; run the same command again to resume',
    ],
  ])('names %s', (_, change, line) => {
    expect(linesOf(change)).toContain(line);
  });
});
