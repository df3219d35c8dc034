import { describe, expect, test } from '@jest/globals';
import { BreakerRun, type BreakerResult } from '../../../lambdas/hold/breaker.js';
import type { BreakerState } from '../../../lambdas/hold/breaker-state.js';
import { BREAKER, type Hold } from '../../../lambdas/hold/hold-row.js';

const MINUTE = 60_000;

/** A pipeline in memory: while its mapping is enabled and messages wait, a post is tried every minute. */
class Pipeline {
  now = Date.UTC(2024, 4, 1, 12);
  isUp = true;
  isBusy = true;
  enabled = true;
  hold: Hold | undefined;
  state: BreakerState = {};
  posts = { answeredAt: undefined, failedAt: undefined } as Record<string, number | undefined>;
  /** Results of the runs, by minute. */
  readonly results: BreakerResult[] = [];
  alarms = 0;
  /** Called after the breaker has read the hold, before it acts. */
  meanwhile: (() => void) | undefined;

  async minutes(count: number): Promise<BreakerResult[]> {
    const from = this.results.length;
    for (let minute = 0; minute < count; minute += 1) {
      this.now += MINUTE;
      if (this.enabled && this.isBusy) this.posts[this.isUp ? 'answeredAt' : 'failedAt'] = this.now;
      this.results.push(await this.run());
    }
    return this.results.slice(from);
  }

  private run(): Promise<BreakerResult> {
    const run = new BreakerRun({
      mapping: {
        state: () => Promise.resolve({ id: 'm', state: this.enabled ? 'Enabled' : 'Disabled' }),
        set: (enabled) => {
          this.meanwhile?.();
          this.meanwhile = undefined;
          this.enabled = enabled;
          return Promise.resolve(true);
        },
      },
      holds: {
        read: () => Promise.resolve(this.hold),
        writeIfNone: (hold) => {
          if (this.hold !== undefined) return Promise.resolve(false);
          this.hold = hold;
          return Promise.resolve(true);
        },
        removeOf: (by) => {
          if (this.hold?.by !== by) return Promise.resolve(false);
          this.hold = undefined;
          return Promise.resolve(true);
        },
      },
      store: {
        read: () => Promise.resolve(this.state),
        write: (state) => {
          this.state = state;
          return Promise.resolve();
        },
      },
      trace: () =>
        Promise.resolve({
          answeredAt: this.posts['answeredAt'],
          failedAt: this.posts['failedAt'],
          failure: 'POST responded 503',
        }),
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      meter: { count: () => void (this.alarms += 1), publish: () => undefined },
      clock: { now: () => this.now },
    });
    return run.run();
  }
}

const PERSON: Hold = { since: '2024-05-01T12:00:00.000Z', by: 'arn:aws:iam::1:user/ann' };

async function tripped(): Promise<Pipeline> {
  const pipeline = new Pipeline();
  await pipeline.minutes(3);
  pipeline.isUp = false;
  await pipeline.minutes(6);
  return pipeline;
}

describe('the breaker', () => {
  test('does nothing while posts succeed, or while nothing is posted', async () => {
    const pipeline = new Pipeline();
    expect(new Set(await pipeline.minutes(10))).toEqual(new Set(['passing']));
    pipeline.isBusy = false;
    expect(new Set(await pipeline.minutes(60))).toEqual(new Set(['passing']));
    expect(pipeline.alarms).toBe(0);
  });

  test('holds consumption after five minutes in which posts failed and none succeeded', async () => {
    const pipeline = new Pipeline();
    await pipeline.minutes(1);
    pipeline.isUp = false;

    expect(await pipeline.minutes(6)).toEqual([...Array<string>(5).fill('failing'), 'held']);

    expect(pipeline.enabled).toBe(false);
    expect(pipeline.hold).toEqual({
      since: '2024-05-01T12:07:00.000Z',
      by: BREAKER,
      reason:
        'no post has succeeded since 2024-05-01T12:02:00.000Z; the last error: POST responded 503',
    });
    expect(pipeline.alarms).toBe(1);
  });

  test('does not hold if a post succeeds now and then', async () => {
    const pipeline = new Pipeline();
    for (let round = 0; round < 5; round += 1) {
      pipeline.isUp = false;
      await pipeline.minutes(4);
      pipeline.isUp = true;
      await pipeline.minutes(1);
    }
    expect(pipeline.results).not.toContain('held');
  });

  test('lets messages through for a minute every five minutes while posts fail', async () => {
    const pipeline = await tripped();

    const results = await pipeline.minutes(18);

    const round = ['holding', 'holding', 'holding', 'holding', 'trying', 'holding'];
    expect(results).toEqual([...round, ...round, ...round]);
    expect(pipeline.alarms).toBe(1 + 18);
    expect(pipeline.hold?.by).toBe(BREAKER);
  });

  test('releases after a post succeeded in a trial', async () => {
    const pipeline = await tripped();
    pipeline.isUp = true;

    const results = await pipeline.minutes(6);

    expect(results.slice(-2)).toEqual(['trying', 'released']);
    expect(pipeline).toMatchObject({ enabled: true, hold: undefined });
    expect(new Set(await pipeline.minutes(5))).toEqual(new Set(['passing']));
  });

  test('releases if nothing is left to try', async () => {
    const pipeline = await tripped();
    pipeline.isBusy = false;

    const results = await pipeline.minutes(10);

    expect(results.slice(-6)).toEqual([...Array<string>(5).fill('trying'), 'released']);
    expect(pipeline).toMatchObject({ enabled: true, hold: undefined });
  });

  test('completes a hold whose run ended after it was recorded', async () => {
    const pipeline = await tripped();
    Object.assign(pipeline, { enabled: true, state: {} });

    expect(await pipeline.minutes(1)).toEqual(['holding']);
    expect(pipeline.enabled).toBe(false);
  });
});

describe('a person', () => {
  test('who holds is left alone, whatever the posts do', async () => {
    const pipeline = await tripped();
    Object.assign(pipeline, { hold: PERSON, enabled: false, isUp: true });

    expect(new Set(await pipeline.minutes(30))).toEqual(new Set(['not mine']));
    expect(pipeline).toMatchObject({ enabled: false, hold: PERSON });
  });

  test('who switches the mapping off by hand is left alone', async () => {
    const pipeline = new Pipeline();
    pipeline.isUp = false;
    await pipeline.minutes(5);
    pipeline.posts['failedAt'] = pipeline.now + 2 * MINUTE;
    pipeline.enabled = false;

    expect(await pipeline.minutes(2)).toEqual(['failing', 'failing']);
    expect(pipeline.hold).toBeUndefined();
  });

  test.each([
    ['begins', 4],
    ['ends', 5],
  ])(
    'who takes the hold over while a trial %s keeps it, and consumption is off',
    async (...[, minutes]) => {
      const pipeline = await tripped();
      await pipeline.minutes(minutes);
      pipeline.isUp = true;
      pipeline.meanwhile = () => {
        pipeline.hold = PERSON;
      };

      await pipeline.minutes(2);

      expect(pipeline).toMatchObject({ enabled: false, hold: PERSON });
    },
  );

  test('who releases has five minutes before it is held again', async () => {
    const pipeline = await tripped();
    Object.assign(pipeline, { hold: undefined, enabled: true });

    const results = await pipeline.minutes(8);

    expect(results).toEqual(['passing', ...Array<string>(5).fill('failing'), 'held', 'holding']);
  });
});
