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

/** Counts that hang on nothing but the messages. */
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

test('[B] 300 messages, one call in ten failing and two kills: none is lost, and only what cannot succeed is dead', async () => {
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

test('without kills a token is requested once for its lifetime', async () => {
  const summary = await runFaultBench({ count: 100, kills: 0, seed: 3, workerFile });

  expect(summary.needlessTokens).toBe(0);
}, 120_000);

test('the last line of the command is the summary as JSON', async () => {
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

test('a number that is none is refused', async () => {
  const { code, stderr } = await runCli('test/faults/faults.ts', ['messages', '--count', 'many']);

  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      'faults: --count must be a whole number of at least 1 (given "many"). Run "npm run faults -- --help" for usage.\n',
  });
});

describe('what is injected', () => {
  test('messages are the same for a seed, and others for another', () => {
    expect(benchMessages(500, 1)).toEqual(benchMessages(500, 1));
    expect(benchMessages(500, 1)).not.toEqual(benchMessages(500, 2));
  });

  test('one in a hundred is poisoned, one in a hundred comes twice', () => {
    const messages = benchMessages(20_000, 1);

    const poisoned = messages.filter(({ poison }) => poison !== undefined).length;
    const twice = messages.filter(({ copies }) => copies === 2).length;
    expect(poisoned / messages.length).toBeCloseTo(0.01, 2);
    expect(twice / messages.length).toBeCloseTo(0.01, 2);
  });

  test('faults go by the Item and its attempts, in whatever order they come', () => {
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

  test('one call in ten fails, in every way there is', () => {
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

  test('a refused Item is refused every time, and what is no post meets nothing', () => {
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

  test('tells lost, doubled and dead without need apart', () => {
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
      '2 messages were lost: neither posted nor dead',
      '1 messages are dead that could have been posted, or without a reason',
      '1 messages that can never succeed are not dead',
    ]);
  });

  test('a death without a reason is one too many, whatever the message', () => {
    const ledger = new FaultBenchLedger(messages);
    ledger.died('c', undefined);

    expect(ledger.summary(run)).toMatchObject({ dead: 1, unexpectedlyDead: 1 });
  });

  test('needless tokens are forgiven as often as a process was killed', () => {
    const summary = { ...new FaultBenchLedger([]).summary(run), needlessTokens: 1 };

    expect(benchFailures(summary)).toEqual([]);
    expect(benchFailures({ ...summary, kills: 0 })).toEqual([
      '1 tokens were requested while the last one would have done',
    ]);
    expect(summaryText(summary)).toContain('tokens   1, 1 of them without need');
  });
});

test('a token is needless while the last one has not been revoked and three quarters of its life are left', () => {
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
