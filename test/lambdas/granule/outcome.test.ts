import { describe, expect, test } from '@jest/globals';
import type { RecordResult } from '../../../lambdas/granule/batch.js';
import type { Outcome } from '../../../lambdas/granule/posts.js';
import type { MetricName } from '../../../lambdas/runtime/metrics.js';
import type { DeadLetterReason, RecordQueue } from '../../../lambdas/queue/dead-letters.js';
import { settle, type RetrySettings } from '../../../lambdas/granule/outcome.js';
import { TimeBudget } from '../../../lambdas/granule/time-budget.js';
import { MemoryLog } from '../../support/backfill/collaborators.js';
import { received, sqsRecord } from '../../support/granule.js';

const transient: Outcome = {
  result: 'failed',
  failure: { kind: 'transient', name: 'ReadError', message: 'busy' },
};
const permanent: Outcome = {
  result: 'failed',
  failure: { kind: 'permanent', name: 'GranuleError', message: 'no footprint' },
};

interface Given {
  readonly receives?: number;
  readonly body?: string;
  /** The pipeline whose backfill sent the message. */
  readonly backfill?: string;
  readonly itemIds?: readonly string[];
  readonly about?: string;
  readonly retry?: Partial<RetrySettings>;
  /** Use Math.random. By default every delay is the longest possible. */
  readonly byChance?: boolean;
  readonly queue?: Partial<RecordQueue>;
}

/** Settles a record with `outcome` and returns everything that was done. */
async function settled(outcome: Outcome, given: Given = {}) {
  const { receives = 1, itemIds = ['S1A'], about } = given;
  const log = new MemoryLog();
  const counted: MetricName[] = [];
  const dead: DeadLetterReason[] = [];
  const delays: number[] = [];
  const { body = 'x', backfill } = given;
  const attribute = { stringValue: backfill, dataType: 'String' as const };
  const record = sqsRecord(body, {
    ...received(receives),
    messageAttributes: backfill === undefined ? {} : { backfill: attribute },
  });
  const entry: RecordResult = {
    record,
    outcome,
    itemIds,
    madeIds: itemIds,
    postedIds: [],
    correlationId: 'c-1',
    about,
    milliseconds: 12.4,
  };
  const settlement = await settle(entry, {
    log,
    meter: {
      count: (name) => counted.push(name),
      milliseconds: () => undefined,
      seconds: () => undefined,
      publish: () => undefined,
    },
    queue: {
      sendToDeadLetters: (_record, reason) => Promise.resolve(void dead.push(reason)),
      returnLater: (_record, seconds) => Promise.resolve(void delays.push(seconds)),
      ...given.queue,
    },
    retry: {
      pipeline: 'example',
      maxReceiveCount: 5,
      retryDelaySeconds: 30,
      ...(given.byChance !== true && { random: () => 1 }),
      ...given.retry,
    },
  });
  return { settlement, log, counted, dead, delays };
}

describe('a record that is done', () => {
  test('is logged, and nothing is sent to a queue', async () => {
    const { settlement, log, counted, dead, delays } = await settled({ result: 'posted' });

    expect([settlement, counted, dead, delays]).toEqual(['done', [], [], []]);
    expect(log.lines).toEqual([
      {
        level: 'info',
        message: 'record',
        fields: {
          pipeline: 'example',
          itemId: 'S1A',
          messageId: 'm-x',
          correlationId: 'c-1',
          outcome: 'posted',
          milliseconds: 12,
        },
      },
    ]);
  });

  test.each(['skipped', 'posted'] as const)(
    'because it was %s is logged with what it is about',
    async (result) => {
      const { log } = await settled({ result }, { itemIds: [], about: 's3://b/a.txt' });

      expect(log.lines[0]?.fields).toMatchObject({ outcome: result, about: 's3://b/a.txt' });
    },
  );

  test('because it was skipped is counted as skipped', async () => {
    const { settlement, log, counted } = await settled({ result: 'skipped' }, { itemIds: [] });

    expect([settlement, counted]).toEqual(['done', ['MessagesSkipped']]);
    expect(log.lines).toMatchObject([
      { level: 'info', fields: { outcome: 'skipped', itemId: undefined } },
    ]);
  });

  test('logs the ids of all its Items', async () => {
    const { log } = await settled({ result: 'posted' }, { itemIds: ['a', 'b'] });

    expect(log.lines[0]?.fields?.['itemId']).toEqual(['a', 'b']);
  });
});

describe('[N01] a skipped message of a backfill', () => {
  const skipped: Outcome = { result: 'skipped' };

  test('is dead-lettered at once, with the start of its body and the files to compare', async () => {
    const body = '{"bucket":"waves","key":"1/meta.xml"}';

    const { settlement, dead, log, counted, delays } = await settled(skipped, {
      body,
      backfill: 'example',
      itemIds: [],
    });

    expect([settlement, delays]).toEqual(['done', []]);
    expect(dead.map(({ failure }) => failure)).toEqual([
      {
        kind: 'permanent',
        name: 'MessageError',
        message:
          `the message names no granule that app.ts knows: '${body}'; the backfill of this pipeline sent it, ` +
          'so compare rowToMessageBody in historic.ts with parseMessage in app.ts, which skipped it',
      },
    ]);
    expect(log.lines).toMatchObject([{ level: 'error', fields: { outcome: 'dead' } }]);
    expect(counted).toEqual(['BackfillMessagesSkipped', 'RecordsFailedPermanent']);
  });

  test('has only the start of a long body in its reason', async () => {
    const { dead } = await settled(skipped, { body: 'x'.repeat(100_000), backfill: 'example' });

    expect(dead[0]?.failure.message).toContain(`'${'x'.repeat(200)}... (100000 characters)'`);
    expect(dead[0]?.failure.message.length).toBeLessThan(500);
  });

  test('goes back to the queue while the dead-letter queue cannot be reached', async () => {
    const sendToDeadLetters = () => Promise.reject(new Error('throttled'));

    const { settlement } = await settled(skipped, {
      backfill: 'example',
      queue: { sendToDeadLetters },
    });

    expect(settlement).toBe('retry');
  });

  test.each<Outcome>([{ result: 'posted' }, transient, permanent])(
    'differs from one that was not skipped: %j',
    async (outcome) => {
      const marked = await settled(outcome, { backfill: 'example' });
      const plain = await settled(outcome);

      expect([marked.settlement, marked.counted, marked.dead, marked.delays]).toEqual([
        plain.settlement,
        plain.counted,
        plain.dead,
        plain.delays,
      ]);
    },
  );
});

describe('a dead-lettered record', () => {
  const reason = { pipeline: 'example', correlationId: 'c-1', itemId: 'S1A' };

  test('with a permanent failure is sent to the dead-letter queue immediately', async () => {
    const { settlement, log, counted, dead, delays } = await settled(permanent);

    expect([settlement, counted, delays]).toEqual(['done', ['RecordsFailedPermanent'], []]);
    expect(dead).toEqual([
      {
        ...reason,
        failure: { kind: 'permanent', name: 'GranuleError', message: 'no footprint' },
      },
    ]);
    expect(log.lines).toMatchObject([
      {
        level: 'error',
        message: 'record',
        fields: {
          outcome: 'dead',
          error: 'GranuleError',
          reason: 'no footprint',
          kind: 'permanent',
        },
      },
    ]);
  });

  test.each([
    [4, 0],
    [5, 1],
    [6, 1],
  ])('at receive %d of 5 since the failure may pass: %d dead letters', async (receives, count) => {
    const { settlement, counted, dead } = await settled(transient, { receives });

    expect([settlement, counted]).toEqual([
      count > 0 ? 'done' : 'retry',
      ['RecordsFailedTransient'],
    ]);
    expect(dead).toHaveLength(count);
  });

  test('is retried if the dead letter cannot be sent', async () => {
    const queue = { sendToDeadLetters: () => Promise.reject(new Error('denied')) };
    const { settlement, log, delays } = await settled(permanent, { queue });

    expect([settlement, delays]).toEqual(['retry', []]);
    expect(log.lines).toMatchObject([
      {
        level: 'error',
        message: 'could not send the message to the dead-letter queue; it will be retried',
        fields: { messageId: 'm-x', error: 'denied' },
      },
      { level: 'warn', fields: { outcome: 'retry', reason: 'no footprint' } },
    ]);
  });
});

describe('a retried record', () => {
  test.each([
    [1, 30],
    [2, 60],
    [3, 120],
    [5, 480],
    [6, 900],
    [20, 900],
    [Number.NaN, 30],
  ])('after receive %d waits %d s', async (receives, seconds) => {
    const { settlement, delays } = await settled(transient, {
      receives,
      retry: { maxReceiveCount: 1000 },
    });

    expect([settlement, delays]).toEqual(['retry', [seconds]]);
  });

  test('keeps half of the wait fixed and applies jitter to the rest', async () => {
    expect((await settled(transient, { retry: { random: () => 0 } })).delays).toEqual([15]);

    const { delays } = await settled(transient, { byChance: true });
    expect(delays[0]).toBeGreaterThanOrEqual(15);
    expect(delays[0]).toBeLessThanOrEqual(30);
  });

  test('is logged as a warning with its reason', async () => {
    const { log } = await settled(transient);

    expect(log.lines).toMatchObject([
      {
        level: 'warn',
        message: 'record',
        fields: {
          outcome: 'retry',
          error: 'ReadError',
          reason: 'busy',
          kind: 'transient',
          receiveCount: 1,
        },
      },
    ]);
  });

  test('that there was no time for is visible immediately, and the log has the reason', async () => {
    const failure = new TimeBudget(() => 60_000).outOfTime('make');
    const { settlement, log, counted, delays } = await settled({ result: 'not-started', failure });

    expect([settlement, counted, delays]).toEqual(['retry', ['RecordsFailedTransient'], [0]]);
    expect(log.lines[0]?.fields).toMatchObject({
      outcome: 'retry',
      error: 'OutOfTime',
      kind: 'transient',
      reason:
        'the function had no time left for creating the Item: increase timeout_seconds or decrease batch_size',
    });
  });

  test('that there was no time for waits like any other from the second receive on', async () => {
    const failure = new TimeBudget(() => 60_000).outOfTime('post');
    const given = { receives: 2 };

    expect((await settled({ result: 'not-started', failure }, given)).delays).toEqual([60]);
  });

  test('is left to the visibility timeout of the queue if the timeout cannot be changed', async () => {
    const queue = { returnLater: () => Promise.reject(new Error('denied')) };
    const { settlement, log } = await settled(transient, { queue });

    expect(settlement).toBe('retry');
    expect(log.lines).toMatchObject([
      {
        level: 'warn',
        message: 'could not change the visibility timeout of a message',
        fields: { messageId: 'm-x', error: 'denied' },
      },
      { level: 'warn', message: 'record' },
    ]);
  });
});
