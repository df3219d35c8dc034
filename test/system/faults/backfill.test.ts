import { describe, expect, test } from '@jest/globals';
import { benchKey, ROW_BYTES, tryBenchIndex } from '../../faults/backfill/keys.js';
import { plannedKills } from '../../faults/backfill/run.js';
import {
  backfillFailures,
  BackfillBenchLedger,
  type BackfillBenchSummary,
} from '../../faults/backfill/ledger.js';
import { runCli } from '../../support/cli/run-cli.js';

const bodyOf = (index: number): string => JSON.stringify({ key: benchKey(index) });

test('a backfill of 3,000 keys that is killed twice loses none, and prints a JSON object on its last line', async () => {
  const args = ['backfill', '--count', '3000', '--kills', '2', '--seed', '7'];

  const { code, stdout, stderr } = await runCli('test/faults/faults.ts', args);

  // On a slow machine, progress is printed.
  const printed = stderr.split('\n').filter((line) => !/^$|^\d+ of 3000 messages, /.test(line));
  const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as BackfillBenchSummary;
  expect({ code, printed }).toEqual({ code: 0, printed: [] });
  expect(summary).toMatchObject({ keys: 3000, lost: 0, unexpected: 0, kills: 2 });
  expect(summary.sent).toBe(3000 + summary.repeated);
  expect(Object.keys(summary)).toEqual(expect.arrayContaining(['seconds', 'repeated']));
});

test('a negative number is rejected', async () => {
  const { code, stderr } = await runCli('test/faults/faults.ts', ['backfill', '--kills', '-1']);

  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      'faults: --kills must be a whole number of at least 0 (given "-1"). Run "npm run faults -- --help" for usage.\n',
  });
});

describe('the kills', () => {
  test('depend on the seed only, and are sorted by time', () => {
    const kills = plannedKills(20, 1000, 1);

    expect(plannedKills(20, 1000, 1)).toEqual(kills);
    expect(plannedKills(20, 1000, 2)).not.toEqual(kills);
    expect(kills.map(({ after }) => after)).toEqual(
      kills.map(({ after }) => after).toSorted((one, other) => one - other),
    );
    expect(Math.max(...kills.map(({ after }) => after))).toBeLessThan(1000);
  });

  test('are of every kind, but not more often in a query than it is restarted', () => {
    const kinds = plannedKills(100, 1000, 1).map(({ kind }) => kind);

    expect(new Set(kinds)).toEqual(
      new Set(['querying', 'lost', 'unanswered', 'answered', 'saving']),
    );
    expect(kinds.filter((kind) => kind === 'querying')).toHaveLength(4);
  });
});

describe('the ledger', () => {
  const promise = { kills: 1, pageBytes: 2 * ROW_BYTES };

  test('distinguishes lost, repeated and unexpected keys', () => {
    const ledger = new BackfillBenchLedger(4);
    ledger.take([bodyOf(0), bodyOf(1), bodyOf(1)]);
    ledger.take([bodyOf(1), bodyOf(1), '{"key":"gone/00000001/x"}', bodyOf(4)]);

    const summary = ledger.summary(0);

    expect(summary).toMatchObject({ keys: 4, sent: 7, lost: 2, repeated: 3, unexpected: 2 });
    expect(backfillFailures(summary, promise)).toEqual([
      '2 keys were lost: the queue has no message for them',
      '2 messages are for keys that are not current objects',
      '3 messages were repeated: more than a page (0 in all) for each kill',
      '0 of 1 kills took place',
    ]);
  });

  test('allows one repeated page for each kill', () => {
    const ledger = new BackfillBenchLedger(2);
    ledger.take([0, 1, 0, 1].map(bodyOf));

    expect(backfillFailures(ledger.summary(1), promise)).toEqual([]);
  });
});

test('keys contain the characters that S3 allows, and identify their index', () => {
  expect(benchKey(12)).toBe('bench/00000012/a b+%41"é,.safe');
  expect([tryBenchIndex(benchKey(12)), tryBenchIndex('older/00000012/x')]).toEqual([12, undefined]);
});
