import { describe, expect, test } from '@jest/globals';
import type { Outcome, SettledRecord } from '../../../lambdas/granule/batch.js';
import type { MetricName } from '../../../lambdas/runtime/metrics.js';
import type { DeadLetterReason, RecordQueue } from '../../../lambdas/queue/dead-letters.js';
import { acknowledges, type RetrySettings } from '../../../lambdas/granule/outcome.js';
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
  readonly itemIds?: readonly string[];
  readonly retry?: Partial<RetrySettings>;
  /** By default all delays are the longest. */
  readonly byChance?: boolean;
  readonly queue?: Partial<RecordQueue>;
}

/** What becomes of a record with `outcome`, and all that is done for it. */
async function settle(outcome: Outcome, given: Given = {}) {
  const { receives = 1, itemIds = ['S1A'] } = given;
  const log = new MemoryLog();
  const counted: MetricName[] = [];
  const dead: DeadLetterReason[] = [];
  const delays: number[] = [];
  const record = sqsRecord('x', received(receives));
  const entry: SettledRecord = {
    record,
    outcome,
    itemIds,
    correlationId: 'c-1',
    milliseconds: 12.4,
  };
  const acknowledged = await acknowledges(entry, {
    log,
    meter: {
      count: (name) => counted.push(name),
      milliseconds: () => undefined,
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
  return { acknowledged, log, counted, dead, delays };
}

describe('a record that is done', () => {
  test('is acknowledged and logged, and nothing is asked of the queue', async () => {
    const { acknowledged, log, counted, dead, delays } = await settle({ result: 'posted' });

    expect([acknowledged, counted, dead, delays]).toEqual([true, [], [], []]);
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

  test('since it was skipped is counted as that', async () => {
    const { acknowledged, log, counted } = await settle({ result: 'skipped' }, { itemIds: [] });

    expect([acknowledged, counted]).toEqual([true, ['MessagesSkipped']]);
    expect(log.lines).toMatchObject([
      { level: 'info', fields: { outcome: 'skipped', itemId: undefined } },
    ]);
  });

  test('names all its Items', async () => {
    const { log } = await settle({ result: 'posted' }, { itemIds: ['a', 'b'] });

    expect(log.lines[0]?.fields?.['itemId']).toEqual(['a', 'b']);
  });
});

describe('a record that is given up', () => {
  const reason = { pipeline: 'example', correlationId: 'c-1', itemId: 'S1A' };

  test('since its failure is permanent goes to the dead letters at once', async () => {
    const { acknowledged, log, counted, dead, delays } = await settle(permanent);

    expect([acknowledged, counted, delays]).toEqual([true, ['RecordsFailedPermanent'], []]);
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
    const { acknowledged, counted, dead } = await settle(transient, { receives });

    expect([acknowledged, counted]).toEqual([count > 0, ['RecordsFailedTransient']]);
    expect(dead).toHaveLength(count);
  });

  test('is not acknowledged when the dead letter cannot be sent', async () => {
    const queue = { sendToDeadLetters: () => Promise.reject(new Error('denied')) };
    const { acknowledged, log, delays } = await settle(permanent, { queue });

    expect([acknowledged, delays]).toEqual([false, []]);
    expect(log.lines).toMatchObject([
      {
        level: 'error',
        message: 'the dead letter could not be sent: the message goes back to the queue',
        fields: { messageId: 'm-x', error: 'denied' },
      },
      { level: 'warn', fields: { outcome: 'retry', reason: 'no footprint' } },
    ]);
  });
});

describe('a record that is tried again', () => {
  test.each([
    [1, 30],
    [2, 60],
    [3, 120],
    [5, 480],
    [6, 900],
    [20, 900],
    [Number.NaN, 30],
  ])('after receive %d waits %d s', async (receives, seconds) => {
    const { acknowledged, delays } = await settle(transient, {
      receives,
      retry: { maxReceiveCount: 1000 },
    });

    expect([acknowledged, delays]).toEqual([false, [seconds]]);
  });

  test('waits at least half of that, by chance', async () => {
    expect((await settle(transient, { retry: { random: () => 0 } })).delays).toEqual([15]);

    const { delays } = await settle(transient, { byChance: true });
    expect(delays[0]).toBeGreaterThanOrEqual(15);
    expect(delays[0]).toBeLessThanOrEqual(30);
  });

  test('is logged as a warning with its reason', async () => {
    const { log } = await settle(transient);

    expect(log.lines).toMatchObject([
      {
        level: 'warn',
        message: 'record',
        fields: { outcome: 'retry', error: 'ReadError', reason: 'busy', kind: 'transient' },
      },
    ]);
  });

  test('for want of time is visible at once, and says what to change', async () => {
    const { acknowledged, log, counted, delays } = await settle({ result: 'not-started' });

    expect([acknowledged, counted, delays]).toEqual([false, ['RecordsFailedTransient'], [0]]);
    expect(log.lines[0]?.fields).toMatchObject({
      outcome: 'retry',
      error: 'OutOfTime',
      kind: 'transient',
      reason:
        'the function had no time left to begin this message: raise timeout_seconds or lower batch_size',
    });
  });

  test('comes back by the queue itself when its visibility cannot be changed', async () => {
    const queue = { returnLater: () => Promise.reject(new Error('denied')) };
    const { acknowledged, log } = await settle(transient, { queue });

    expect(acknowledged).toBe(false);
    expect(log.lines).toMatchObject([
      {
        level: 'warn',
        message: 'the visibility of a message could not be changed',
        fields: { messageId: 'm-x', error: 'denied' },
      },
      { level: 'warn', message: 'record' },
    ]);
  });
});
