import { describe, expect, test } from '@jest/globals';
import { chaosFailures, chaosText } from '../../faults/chaos/command.js';
import { chaosMessages, granuleIdIn, objectOf, type Poison } from '../../faults/chaos/granules.js';
import { FAULTS, type FaultName } from '../../faults/chaos/kinds.js';
import { ChaosLedger, type ChaosSummary } from '../../faults/chaos/ledger.js';
import { faultsOf, weatherOf, type InjectedFault } from '../../faults/chaos/weather.js';
import { sqsRecord } from '../../support/granule.js';

const MINUTE_MS = 60_000;
/** Minutes for which ten receives last at least, from the first to the last. */
const RECEIVE_MINUTES = 37;
const SEEDS = Array.from({ length: 500 }, (_, seed) => seed);

describe('the plan', () => {
  test('depends on the seed only', () => {
    expect([chaosMessages(1), weatherOf(1)]).toEqual([chaosMessages(1), weatherOf(1)]);
    expect(weatherOf(1).spells).not.toEqual(weatherOf(2).spells);
    expect(chaosMessages(1)).not.toEqual(chaosMessages(2));
  });

  test('has every fault that there is, and kills', () => {
    expect(weatherOf(1).planned.toSorted()).toEqual([...Object.keys(FAULTS), 'kill'].toSorted());
  });

  test('has outages that are together shorter than all receives of a message', () => {
    const minutes = SEEDS.map((seed) => {
      const { spells } = weatherOf(seed);
      const from = Math.min(...spells.map(({ fromMs }) => fromMs));
      return (Math.max(...spells.map(({ toMs }) => toMs)) - from) / MINUTE_MS;
    });
    expect(Math.max(...minutes)).toBeLessThan(RECEIVE_MINUTES);
  });

  test('has poisonous messages of each kind', () => {
    const kinds = new Set(chaosMessages(1).map(({ poison }) => poison));
    const poisons: (Poison | undefined)[] = [
      ...(['malformed', 'broken', 'missing', 'late', 'refused', 'killer'] as const),
      ...(['unreadable', 'unpostable'] as const),
    ];
    expect(kinds).toEqual(new Set([undefined, ...poisons]));
    expect([
      objectOf('missing-0001', 'metadata.json'),
      objectOf('late-0001', 'footprint.json'),
    ]).toEqual([undefined, undefined]);
  });
});

test('a service that is down fails each request, and one that is well answers after a while', () => {
  const weather = weatherOf(1);
  const down = weather.spells.find(({ faults }) => faults.includes('ingestor down'));
  const seen: InjectedFault[] = [];
  let now = (down?.fromMs ?? 0) + 1;
  const plan = faultsOf('ingestor', {
    seed: 1,
    weather,
    elapsedMs: () => now,
    onFault: (fault) => seen.push(fault),
  });
  const post = { method: 'POST', path: '/ingestions', body: '{"id":"good-0100"}' };
  for (let turn = 0; turn < 20; turn += 1) plan(post);
  expect(new Set(seen.map(({ name }) => name))).toEqual(
    new Set<FaultName>(['ingestor down', 'ingestor hang']),
  );
  expect(seen).toHaveLength(20);
  expect(seen[0]?.id).toBe('good-0100');

  now = 0;
  expect(plan(post)?.fault).toEqual({ kind: 'slow', ms: 150 });
  expect(plan({ ...post, body: '{"id":"refused-0100"}' })?.fault).toMatchObject({ status: 422 });
});

const TOKEN: InjectedFault = { service: 'cognito', name: 'cognito error', id: undefined };

function read(id: string): InjectedFault {
  return { service: 's3', name: 's3 hang', id };
}

describe('the ledger', () => {
  const message = (id: string, poison?: Poison) => ({ id, body: id, poison, atMs: 0 });
  const messages = [message('good-0001'), message('good-0002'), message('broken-0003', 'broken')];
  const records = messages.map(({ body }) => sqsRecord(body));
  const end = { waiting: 0, minutes: 1 };
  const weather = { ...weatherOf(1), planned: ['s3 hang', 'kill'] as const };
  let now = 0;
  const ledgerOf = () => {
    now = 0;
    return new ChaosLedger(messages, () => now);
  };
  const summaryOf = (ledger: ChaosLedger): ChaosSummary => ({
    ...ledger.summary(weather, end),
    seconds: 1,
  });

  test('tells lost messages and those that are dead because of an outage from the others', () => {
    const ledger = ledgerOf();
    ledger.died(sqsRecord('good-0001'));
    ledger.died(sqsRecord('broken-0003'));
    ledger.killed();

    const summary = summaryOf(ledger);

    expect(summary).toMatchObject({
      made: 3,
      posted: 0,
      dead: 2,
      outageDead: 1,
      lost: 1,
      missingDead: 0,
    });
    expect(chaosFailures(summary)).toEqual([
      '1 messages were lost: they are neither posted nor dead letters',
      '1 dead letters have only an outage as their cause: good-0001: no reason',
      'planned faults never occurred: s3 hang',
    ]);
    expect(chaosText(summary)).toContain('dead     2 (broken: 1), 1 because of an outage\n');
  });

  test.each([
    ['nothing failed', [], 1],
    ['a read of another granule failed', [read('good-0001')], 1],
    ['the reads of all granules failed', [read('good-0001'), read('good-0002')], 0],
    ['the token endpoint failed', [TOKEN], 0],
  ])(
    'counts an invocation without a post as wasted unless its faults explain it: %s',
    (_, faults, wasted) => {
      const ledger = ledgerOf();
      const invocation = ledger.began(records);
      for (const fault of faults) ledger.injected(fault);
      ledger.ended(invocation, 'returned');

      expect(summaryOf(ledger).wastedInvocations).toBe(wasted);
    },
  );

  test('does not count an invocation that posted an Item', () => {
    const ledger = ledgerOf();
    const invocation = ledger.began(records);
    ledger.posted('good-0001');
    ledger.ended(invocation, 'returned');

    expect(summaryOf(ledger)).toMatchObject({ posted: 1, wastedInvocations: 0 });
  });

  test.each([
    ['killed', 0],
    ['timed-out', 1],
    ['threw', 1],
  ] as const)('an invocation that ends as %s counts %i', (ending, wasted) => {
    const ledger = ledgerOf();
    ledger.ended(ledger.began(records), ending);

    expect(summaryOf(ledger).wastedInvocations).toBe(wasted);
  });

  test('a refused token explains what is not posted in the following minute', () => {
    const ledger = ledgerOf();
    ledger.injected({ service: 'ingestor', name: 'ingestor 401', id: 'good-0001' });
    now = 59_000;
    ledger.ended(ledger.began(records), 'returned');
    now = 61_000;
    ledger.ended(ledger.began(records), 'returned');

    expect(summaryOf(ledger).wastedInvocations).toBe(1);
  });
});

test('a granule is found in a message, a path and an Item', () => {
  expect(
    ['{"path":"s3://granules/good-0001"}', '/granules/late-0002/a.json', '{}'].map(granuleIdIn),
  ).toEqual(['good-0001', 'late-0002', undefined]);
});
