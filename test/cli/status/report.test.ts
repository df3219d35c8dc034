import { expect, test } from '@jest/globals';
import { attentionOf, type PipelineStatus } from '../../../cli/status/pipeline-status.js';
import { statusText } from '../../../cli/status/report.js';
import { APP, EMPTY, NONE, statusOf } from '../../support/cli/pipeline-status.js';
import { newBackfill, type BackfillCursor } from '../../../lambdas/backfill/cursor.js';

const RUN = {
  endedAt: '2024-05-03T12:30:00.000Z',
  checked: 9,
  settled: 7,
  overdue: 0,
  isComplete: true,
};

function cursorOf(fields: Partial<BackfillCursor>): BackfillCursor {
  const begun = newBackfill({ source: 's', chunk: '2022-04-20', now: Date.UTC(2024, 4, 1, 12) });
  return { ...begun, ...fields };
}

test('the status is a table of queues, and a line for each other part', () => {
  const counts = { rows: 10, sent: 8, skipped: 1, refused: 1 };
  const cursor = cursorOf({
    stage: 'sending',
    dt: '2024-04-30-00-00',
    counts,
    totals: counts,
    chunks: 3,
  });

  expect(statusText(statusOf({ backfill: { value: cursor } })).split('\n')).toEqual([
    'sentinel1 (Collection sentinel1-grd)',
    '',
    'QUEUE                        VISIBLE  IN FLIGHT  DELAYED  OLDEST',
    'granules                      12,345         50        0  90 min',
    'dead letters                       0          0        0       -',
    "subscription's dead letters        0          0        0       -",
    '',
    'Consumption: on',
    'Functions: app',
    'Ingestor: queued 0, started 0, failed 0, succeeded 0, cancelled 0',
    'STAC API: 90,000 Items (https://stac/collections/sentinel1-grd)',
    'Backfill: running (sending) at 2022-04-20, as of 2024-05-01 12:00Z, report 2024-04-30-00-00',
    '  3 chunks done; 20 rows, 16 sent, 2 skipped, 2 refused',
    '',
    'No action needed.',
  ]);
});

test('a function with old code needs attention, which says what to do', () => {
  const collection = { role: 'collection', name: 'demo-sentinel1-collection' } as const;
  const value = { functions: [APP, collection], old: [APP], inactive: [] };
  const status = statusOf({ functions: { value } });

  expect(statusText(status)).toContain('\nFunctions: app (old code), collection\n');
  expect(attentionOf(status)).toEqual([
    'the function demo-sentinel1-app does not run the code that was deployed last, because its upload failed or the ' +
      'code was changed outside Terraform: npm run deploy -- sentinel1 replaces the function',
  ]);
});

test('a function that is not active needs attention, with the reason of Lambda', () => {
  const inactive = [{ ...APP, state: 'Inactive', reason: 'The function is idle' }];
  const status = statusOf({ functions: { value: { functions: [APP], old: [], inactive } } });

  expect(statusText(status)).toContain('\nFunctions: app (Inactive)\n');
  expect(attentionOf(status)).toEqual([
    'the function demo-sentinel1-app is not active (Inactive): The function is idle',
  ]);
});

test('[N13] a backfill that waits for its inventory shows what is missing', () => {
  const cursor = cursorOf({ waitingFor: 'no file: the listing s3://d/keys.txt does not exist' });

  const lines = statusText(statusOf({ backfill: { value: cursor } })).split('\n');

  const from = lines.findIndex((line) => line.startsWith('Backfill'));
  expect(lines.slice(from, from + 2)).toEqual([
    'Backfill: waiting, not started, its inventory is awaited since 2024-05-01 12:00Z',
    '  no file: the listing s3://d/keys.txt does not exist',
  ]);
});

test('the first failures are shown, with a note that the list is longer', () => {
  const failed = Array.from({ length: 12 }, (_, index) => ({
    id: `S1A_${index}`,
    message: `pgSTAC\nsaid no ${index}`,
    updatedAt: undefined,
  }));
  const counts = { queued: NONE, started: NONE, failed: { count: 12, hasMore: true } };
  const ingestor = {
    value: { url: 'https://i', failed, counts: { ...counts, succeeded: NONE, cancelled: NONE } },
  };

  const lines = statusText(statusOf({ ingestor })).split('\n');

  const from = lines.findIndex((line) => line.startsWith('Ingestor'));
  expect(lines.slice(from, from + 3)).toEqual([
    'Ingestor: queued 0, started 0, failed 12+, succeeded 0, cancelled 0',
    '  (+ means that the ingestor has more than it lists)',
    '  failed S1A_0: pgSTAC said no 0',
  ]);
  expect(lines).toContain('  and 2 more (use --json to see all)');
});

test.each<[string, Partial<PipelineStatus>, string[]]>([
  ['nothing', {}, []],
  [
    'dead letters in both queues, visible or not',
    {
      deadLetters: { value: { ...EMPTY, name: 'd', visible: 2 } },
      subscriptionDeadLetters: { value: { ...EMPTY, name: 's', inFlight: 1 } },
    },
    ['3 dead letters: npm run redrive -- sentinel1'],
  ],
  [
    'failed events of functions and schedules',
    {
      events: [
        { title: 'failed verifications', queue: { value: { ...EMPTY, name: 'v', visible: 2 } } },
        { title: 'failed backfill runs', queue: { value: { ...EMPTY, name: 'h' } } },
        { title: "schedules' dead letters", queue: { error: 'AccessDenied' } },
      ],
    },
    [
      '2 failed verifications: npm run redrive -- sentinel1',
      "the queue of schedules' dead letters could not be reached",
    ],
  ],
  [
    'a backfill that failed',
    {
      backfill: {
        value: cursorOf({ stage: 'failed', failure: { message: 'no such table', owner: 'x' } }),
      },
    },
    ['the backfill failed: no such table'],
  ],
  [
    'a backfill that found nothing',
    { backfill: { value: cursorOf({ stage: 'empty' }) } },
    ['the backfill found nothing: the inventory query selected no rows'],
  ],
  [
    '[N03] a backfill whose rows were all skipped',
    {
      backfill: {
        value: cursorOf({ stage: 'empty', totals: { rows: 3, sent: 0, skipped: 3, refused: 0 } }),
      },
    },
    ['the backfill found nothing: 3 rows, 0 messages sent, 3 skipped'],
  ],
  [
    '[N13] a backfill that has waited for its inventory for two days',
    { backfill: { value: cursorOf({ waitingFor: 'no partition: s3://d/hive/' }) } },
    [
      'the backfill has waited for its inventory for more than 48 hours: no partition: s3://d/hive/; check inventory_location',
    ],
  ],
  [
    '[N13] a backfill that has waited for its inventory since yesterday',
    {
      backfill: {
        value: cursorOf({ waitingFor: 'no partition', startedAt: '2024-05-02T12:00:00.000Z' }),
      },
    },
    [],
  ],
  ['a verification that keeps up', { verification: { value: RUN } }, []],
  [
    'a verification that does not',
    { verification: { value: { ...RUN, overdue: 2 } } },
    ['2 Items posted more than a day ago and not verified'],
  ],
  [
    'a verification that does not run',
    { verification: { value: { ...RUN, endedAt: '2024-05-03T11:59:00.000Z' } } },
    ['no verification has ended since 2024-05-03 11:59Z'],
  ],
  ['a paused backfill', { backfill: { value: cursorOf({ paused: true }) } }, []],
  [
    'parts that cannot be reached',
    { catalog: { error: 'x' }, backfill: { error: 'y' }, deadLetters: { error: 'z' } },
    [
      'the dead-letter queue could not be reached',
      'the STAC API could not be reached',
      'the backfill could not be reached',
    ],
  ],
])('%s: what needs attention', (_, fields, expected) => {
  expect(attentionOf(statusOf(fields), Date.UTC(2024, 4, 3, 13))).toEqual(expected);
});

test.each<[string, Partial<PipelineStatus>, string]>([
  [
    'an API that does not count',
    { catalog: { value: { url: 'u', items: undefined } } },
    'STAC API: does not report its number of Items (u)',
  ],
  [
    'an API that cannot count',
    { catalog: { value: { url: 'u', items: undefined, uncounted: 'neither does a search' } } },
    'STAC API: does not report its number of Items: neither does a search (u)',
  ],
  [
    'a failed request',
    { ingestor: { error: 'GET x\nfailed' } },
    'Ingestor: could not be reached: GET x failed',
  ],
  ['no backfill yet', {}, 'Backfill: not started'],
  ['no verification yet', { verification: { value: undefined } }, 'Verification: no run yet'],
  [
    'a verification that had time for all Items',
    { verification: { value: RUN } },
    'Verification: 9 Items checked, 7 of them settled, by the run that ended 2024-05-03 12:30Z',
  ],
  [
    'a verification that had not',
    { verification: { value: { ...RUN, isComplete: false } } },
    'Verification: 9 Items checked, 7 of them settled, by the run that ended 2024-05-03 12:30Z; its time did not suffice for the others',
  ],
])('%s is shown on one line', (_, fields, expected) => {
  expect(statusText(statusOf(fields)).split('\n')).toContain(expected);
});
