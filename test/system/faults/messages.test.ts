import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundleFile } from '../../../cli/shared/bundle-file.js';
import { benchFaults, FAULT_SHARE } from '../../faults/messages/faults.js';
import {
  benchFailures,
  FaultBenchLedger,
  type BenchSummary,
} from '../../faults/messages/ledger.js';
import { benchMessages } from '../../faults/messages/messages.js';
import { watchedTokens } from '../../faults/messages/tokens.js';
import { runFaultBench } from '../../faults/messages/run.js';
import { summaryText } from '../../faults/messages/command.js';
import { runCli } from '../../support/cli/run-cli.js';

let folder: string;
let workerFile: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faults-'));
  workerFile = await bundleFile(resolve('test/faults/messages/worker.ts'), folder);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Counts that depend only on the messages. */
function fixedPart({
  made,
  posted,
  dead,
  lost,
  unexpectedlyDead,
  missingDead,
  kills,
}: BenchSummary) {
  return { made, posted, dead, lost, unexpectedlyDead, missingDead, kills };
}

test('[B] with 300 messages, one request in ten failing and two kills, none is lost and only those that cannot succeed are dead', async () => {
  const poisoned = benchMessages(300, 7).filter(({ poison }) => poison !== undefined).length;

  const summary = await runFaultBench({ count: 300, kills: 2, seed: 7, workerFile });

  expect(fixedPart(summary)).toEqual({
    made: 300,
    posted: 300 - poisoned,
    dead: poisoned,
    lost: 0,
    kills: 2,
    unexpectedlyDead: 0,
    missingDead: 0,
  });
  expect(benchFailures(summary)).toEqual([]);
}, 120_000);

test('without kills, a token is requested once per lifetime', async () => {
  const summary = await runFaultBench({ count: 100, kills: 0, seed: 3, workerFile });

  expect(summary.needlessTokens).toBe(0);
}, 120_000);

test('the command prints the summary as JSON on its last line', async () => {
  const { code, stdout } = await runCli('test/faults/faults.ts', [
    'messages',
    '--count',
    '50',
    '--kills',
    '1',
  ]);

  const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as BenchSummary;
  expect(code).toBe(0);
  expect(summary).toMatchObject({ made: 50, lost: 0, kills: 1 });
  expect(stdout).toContain(`made     50 messages, ${summary.duplicates} of them delivered twice\n`);
}, 120_000);

test('an invalid number is rejected', async () => {
  const { code, stderr } = await runCli('test/faults/faults.ts', ['messages', '--count', 'many']);

  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      'faults: --count must be a whole number of at least 1 (given "many"). Run "npm run faults -- --help" for usage.\n',
  });
});

describe('the injected faults', () => {
  test('and messages depend on the seed only', () => {
    expect(benchMessages(500, 1)).toEqual(benchMessages(500, 1));
    expect(benchMessages(500, 1)).not.toEqual(benchMessages(500, 2));
  });

  test('poison one message in a hundred, and one in a hundred is delivered twice', () => {
    const messages = benchMessages(20_000, 1);

    const poisoned = messages.filter(({ poison }) => poison !== undefined).length;
    const twice = messages.filter(({ copies }) => copies === 2).length;
    expect(poisoned / messages.length).toBeCloseTo(0.01, 2);
    expect(twice / messages.length).toBeCloseTo(0.01, 2);
  });

  test('depend on the Item and its attempts, not on their order', () => {
    const ids = Array.from({ length: 200 }, (_, index) => `good-${index}`);
    const plan = (order: readonly string[]) => {
      const faults = benchFaults(1, () => undefined);
      const met = order.map((id) => [
        id,
        faults({ method: 'POST', path: '/', body: `{"id":"${id}"}` }),
      ]);
      return Object.fromEntries(met) as Record<string, unknown>;
    };

    expect(plan(ids)).toEqual(plan(ids.toReversed()));
  });

  test('affect one request in ten, and are of every kind', () => {
    const names = new Set<string>();
    const faults = benchFaults(1, (name) => names.add(name));
    const bodies = Array.from({ length: 5_000 }, (_, index) => `{"id":"good-${index}"}`);

    const failed = bodies.filter(
      (body) => faults({ method: 'POST', path: '/', body }) !== undefined,
    );

    expect(failed.length / bodies.length).toBeCloseTo(FAULT_SHARE, 1);
    expect([...names].toSorted()).toEqual([
      ...['422', '429', '500', '503', 'half', 'hang', 'redirect', 'reset'],
    ]);
  });

  test('reject a refused Item every time, and affect only posts', () => {
    const faults = benchFaults(1, () => undefined);
    const body = '{"id":"refused-1"}';

    const answers = [1, 2, 3].map(() => faults({ method: 'POST', path: '/', body })?.fault);

    expect(answers.every((fault) => fault?.kind === 'status' && fault.status === 422)).toBe(true);
    expect(faults({ method: 'GET', path: '/' })).toBeUndefined();
  });
});

describe('the ledger', () => {
  const good = { body: '', poison: undefined, copies: 1 } as const;
  const messages = [
    { ...good, id: 'a' },
    { ...good, id: 'b', copies: 2 as const },
    { ...good, id: 'c', poison: 'broken' as const },
  ];
  const run = { kills: 1, tokens: { issued: 1, needless: 0 } };

  test('distinguishes lost, doubled and unnecessarily dead messages', () => {
    const ledger = new FaultBenchLedger(messages);
    for (const id of ['b', 'b', 'b']) ledger.posted(id);
    ledger.died('b#again', 'because');
    ledger.acknowledged('b#again');

    const summary = ledger.summary(run);

    expect(summary).toMatchObject({
      made: 3,
      posted: 1,
      dead: 1,
      lost: 2,
      doubled: 2,
      unexpectedlyDead: 1,
      missingDead: 1,
      duplicates: 1,
      deadTwice: 0,
    });
    expect(ledger.settledCount).toBe(1);
    expect(benchFailures(summary)).toEqual([
      '2 messages were lost: they are neither posted nor dead letters',
      '1 dead letters could have been posted, or have no reason',
      '1 messages that cannot succeed are not dead letters',
    ]);
  });

  test('counts any dead letter without a reason as a problem', () => {
    const ledger = new FaultBenchLedger(messages);
    ledger.died('c', undefined);

    expect(ledger.summary(run)).toMatchObject({ dead: 1, unexpectedlyDead: 1 });
  });

  test('allows one unnecessary token for each kill', () => {
    const summary = { ...new FaultBenchLedger([]).summary(run), needlessTokens: 1 };

    expect(benchFailures(summary)).toEqual([]);
    expect(benchFailures({ ...summary, kills: 0 })).toEqual([
      '1 tokens were requested while the last one was still valid',
    ]);
    expect(summaryText(summary)).toContain('tokens   1, 1 of them unnecessary');
  });
});

test('a token is unnecessary while the last one is not revoked and has three quarters of its lifetime left', () => {
  let now = 0;
  const always = { issue: () => `token ${now}`, check: () => true };
  const { issuer, revoke, counts } = watchedTokens(always, () => now);
  const issueAt = (at: number) => {
    now = at;
    return issuer.issue(8);
  };

  const first = issueAt(0);
  issueAt(6_000);
  issueAt(6_001);
  revoke();
  const last = issueAt(6_002);

  expect(counts).toEqual({ issued: 4, needless: 1 });
  expect([issuer.check(first), issuer.check(last)]).toEqual([false, true]);
});
