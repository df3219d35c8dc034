import { describe, expect, test } from '@jest/globals';
import { briefOf } from '../../../cli/status/brief.js';
import { fleetExitCode, fleetMember, worstFirst } from '../../../cli/status/fleet.js';
import { fleetJson, fleetText } from '../../../cli/status/fleet-report.js';
import { attentionOf, type PipelineStatus } from '../../../cli/status/pipeline-status.js';
import { fleetReads } from '../../../cli/status/reads.js';
import { newBackfill } from '../../../lambdas/backfill/cursor.js';
import { BREAKER } from '../../../lambdas/hold/hold-row.js';
import { serve } from '../../../local/http/server.js';
import { APP, EMPTY, ON, statusOf } from '../../support/cli/pipeline-status.js';

const NOW = Date.UTC(2024, 4, 10, 12);
const MISSING = { error: 'it does not exist', isMissing: true } as const;
const NOWHERE = { queue: MISSING, deadLetters: MISSING, consumption: MISSING };
const OFF = { id: 'm-1', state: 'Disabled' };
const HOLD = { since: '2024-05-09T12:00:00Z', by: 'arn:aws:iam::123456789012:user/ann' };
const LETTERS = { value: { ...EMPTY, name: 'd', visible: 3 } };
const ingestor = (fields: object) => {
  const { ingestor: whole } = statusOf();
  return { value: { ...('value' in whole ? whole.value : undefined), ...fields } as never };
};
const cursor = newBackfill({ source: 's', chunk: '2022-04-20', now: Date.UTC(2024, 4, 1, 12) });
const RUN = { endedAt: '2024-05-10T11:50:00Z', checked: 9, settled: 7, isComplete: true };

/** Every kind of thing that needs attention, with its words in the table. */
const FAULTS: readonly (readonly [string, Partial<PipelineStatus>])[] = [
  ['old code: app', { functions: { value: { functions: [APP], old: [APP], inactive: [] } } }],
  [
    'app is Failed',
    {
      functions: {
        value: {
          functions: [APP],
          old: [],
          inactive: [{ ...APP, state: 'Failed', reason: undefined }],
        },
      },
    },
  ],
  ['consumption is off', { consumption: { value: { mapping: OFF, hold: undefined } } }],
  ['held since 2024-05-09 12:00Z', { consumption: { value: { mapping: OFF, hold: HOLD } } }],
  [
    'held by the breaker since 2024-05-09 12:00Z',
    { consumption: { value: { mapping: OFF, hold: { ...HOLD, by: BREAKER } } } },
  ],
  ['on, although it was held', { consumption: { value: { ...ON, hold: HOLD } } }],
  [
    'SQS deletes messages soon; held since 2024-05-05 12:00Z',
    {
      consumption: { value: { mapping: OFF, hold: { ...HOLD, since: '2024-05-05T12:00:00Z' } } },
      queue: { value: { ...EMPTY, name: 'q', visible: 3 } },
    },
  ],
  ['waiting for 28 h', { queue: { value: { ...EMPTY, name: 'q', oldestSeconds: 100_000 } } }],
  ['3 dead letters', { deadLetters: LETTERS }],
  ['3 dead letters', { subscriptionDeadLetters: LETTERS }],
  ['3 failed events', { events: [{ title: 'failed backfill runs', queue: LETTERS }] }],
  [
    '1 Item not loaded',
    { ingestor: ingestor({ failed: [{ id: 'a', message: 'no', updatedAt: undefined }] }) },
  ],
  ['failed loads may be missing', { ingestor: ingestor({ unseen: 'no record' }) }],
  ['backfill failed', { backfill: { value: { ...cursor, stage: 'failed' } } }],
  ['backfill found nothing', { backfill: { value: { ...cursor, stage: 'empty' } } }],
  ['no inventory for 48 h', { backfill: { value: { ...cursor, waitingFor: 'no report' } } }],
  ['2 Items not verified', { verification: { value: { ...RUN, overdue: 2 } } }],
  [
    'verification is late',
    { verification: { value: { ...RUN, overdue: 0, endedAt: '2024-05-10T01:00:00Z' } } },
  ],
  ['not reached: the queue', { queue: { error: 'denied' } }],
  ['not reached: the ingestor', { ingestor: { error: 'down' } }],
  [
    'not reached: failed verifications',
    { events: [{ title: 'failed verifications', queue: { error: 'denied' } }] },
  ],
];

const memberOf = (fields: Partial<PipelineStatus> = {}) => fleetMember(statusOf(fields), NOW);

describe('a pipeline among all', () => {
  test.each(FAULTS)('needs action with the words "%s"', (words, fields) => {
    const status = statusOf(fields);

    expect(briefOf(status, NOW).join('; ')).toBe(words);
    expect(attentionOf(status, NOW)).not.toEqual([]);
    expect(memberOf(fields).state).toBe('action needed');
  });

  test('is ok if nothing needs attention', () => {
    expect(memberOf()).toMatchObject({ state: 'ok', attention: [], brief: [] });
  });

  test('is not deployed, and needs no action, if AWS has none of its queues', () => {
    expect(memberOf({ ...NOWHERE, functions: { error: 'not found' } })).toMatchObject({
      state: 'not deployed',
      attention: [],
    });
    expect(memberOf({ ...NOWHERE, deadLetters: LETTERS }).state).toBe('action needed');
  });

  test('is unknown with the error if nothing could be read', () => {
    const denied = { error: 'cannot access queue q: ExpiredToken' };
    const member = memberOf({ queue: denied, deadLetters: denied, consumption: denied });

    expect(member).toMatchObject({ state: 'unknown', brief: [denied.error] });
    expect(member.attention).toContain('the queue could not be reached');
  });
});

describe('all pipelines', () => {
  const named = (pipeline: string, fields: Partial<PipelineStatus> = {}) =>
    memberOf({ pipeline, queue: { value: { ...EMPTY, name: 'q' } }, ...fields });
  const members = [
    named('away', NOWHERE),
    named('b_good'),
    named('a_good'),
    named('few', { deadLetters: LETTERS }),
    named('many', { deadLetters: { value: { ...EMPTY, name: 'd', visible: 12_000 } } }),
    named('held', { consumption: { value: { mapping: OFF, hold: HOLD } } }),
    named('late', { verification: { value: { ...RUN, overdue: 2 } } }),
    named('losing', {
      consumption: { value: { mapping: OFF, hold: { ...HOLD, since: '2024-05-05T12:00:00Z' } } },
      queue: { value: { ...EMPTY, name: 'q', visible: 3 } },
    }),
    {
      pipeline: 'broken',
      state: 'unknown',
      attention: ['pipelines/broken/config.yaml is missing'],
      brief: ['pipelines/broken/config.yaml is missing'],
      status: undefined,
    } as const,
  ];

  test('are one line each, worst first', () => {
    expect(fleetText(worstFirst(members, NOW)).split('\n')).toEqual([
      'PIPELINE  STATE          QUEUE  OLDEST    DEAD  WHAT',
      'losing    action needed      3       -       0  SQS deletes messages soon; held since 2024-05-05 12:00Z',
      'held      action needed      0       -       0  held since 2024-05-09 12:00Z',
      'many      action needed      0       -  12,000  12,000 dead letters',
      'few       action needed      0       -       3  3 dead letters',
      'late      action needed      0       -       0  2 Items not verified',
      'broken    unknown            -       -       -  pipelines/broken/config.yaml is missing',
      'a_good    ok                 0       -       0',
      'b_good    ok                 0       -       0',
      'away      not deployed       -       -       -',
      '',
      '9 pipelines: 5 need action, 1 cannot be read, 2 ok, 1 not deployed.',
      'npm run status -- <pipeline> shows everything about one pipeline, and what to do.',
    ]);
  });

  test('fit in the columns of the terminal, from 80 to 120', () => {
    const long = fleetMember(
      statusOf({
        queue: { error: 'denied' },
        deadLetters: LETTERS,
        backfill: { value: { ...cursor, stage: 'failed' } },
        catalog: { error: 'down' },
        functions: { error: 'denied' },
        verification: { error: 'denied' },
      }),
      NOW,
    );
    const widest = (width?: number) =>
      Math.max(
        ...fleetText([long], width)
          .split('\n')
          .slice(0, 2)
          .map(({ length }) => length),
      );

    expect(widest()).toBe(120);
    expect(widest(100)).toBe(100);
    expect(widest(40)).toBe(80);
    expect(widest(300)).toBe(120);
  });

  test('as JSON are what each alone is, with its state', () => {
    const { pipelines } = JSON.parse(fleetJson(worstFirst(members, NOW))) as {
      readonly pipelines: readonly Readonly<Record<string, unknown>>[];
    };

    expect(pipelines.map(({ pipeline, state }) => [pipeline, state])[3]).toEqual([
      'few',
      'action needed',
    ]);
    expect(pipelines[3]).toMatchObject({
      deadLetters: { value: { name: 'd', visible: 3 } },
      attention: ['3 dead letters: npm run redrive -- few'],
    });
    expect(pipelines[5]).toEqual({
      pipeline: 'broken',
      state: 'unknown',
      attention: ['pipelines/broken/config.yaml is missing'],
    });
  });

  test.each([
    [0, ['b_good', 'a_good']],
    [0, ['b_good', 'away']],
    [1, ['b_good', 'few']],
    [1, ['b_good', 'broken']],
    [1, ['away']],
  ])('end with exit code %i if they are %s', (code, names) => {
    expect(fleetExitCode(members.filter(({ pipeline }) => names.includes(pipeline)))).toBe(code);
  });

  test('are said to be absent if none is deployed, with what to check', () => {
    expect(fleetText([named('away', NOWHERE)])).toMatch(/None is deployed.*check PROJECT/);
  });
});

test('an ingestor is asked once for all its pipelines', async () => {
  let asked = 0;
  const server = await serve(() => {
    asked += 1;
    return { status: 200, body: '{"items":[]}' };
  });
  const { ingestions } = fleetReads();

  const pages = await Promise.all(
    [1, 2, 3].map(() => ingestions(server.url).listIngestions('failed')),
  );
  await server.close();

  expect(pages).toHaveLength(3);
  expect(asked).toBe(1);
});
