import type { BreakerState, BreakerStore } from './breaker-state.js';
import { BREAKER, type Hold, type HoldStore } from './hold-row.js';
import { isOff, type MappingSwitch } from './mapping.js';
import type { PostTrace } from '../ingestor/post-trace.js';
import type { Clock } from '../runtime/clock.js';
import type { Log } from '../runtime/log.js';
import type { Meter } from '../runtime/metrics.js';

/** Everything the breaker uses: AWS, or stand-ins for it. */
export interface BreakerCollaborators {
  readonly mapping: MappingSwitch;
  readonly holds: Pick<HoldStore, 'read' | 'writeIfNone' | 'removeOf'>;
  readonly store: BreakerStore;
  readonly trace: () => Promise<PostTrace>;
  readonly log: Log;
  readonly meter: Pick<Meter, 'count' | 'publish'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What a run found, or did. */
export type BreakerResult =
  'passing' | 'failing' | 'held' | 'holding' | 'trying' | 'released' | 'not mine';

const MINUTE_MS = 60_000;
/** How long no post may succeed while others fail. */
const FAILING_MS = 5 * MINUTE_MS;
/** From the end of a trial to the next one; schedules are some seconds late. */
const PAUSE_MS = 5 * MINUTE_MS - 10_000;
/** A trial in which nothing fails for so long has nothing to try. */
const QUIET_MS = 5 * MINUTE_MS;

/**
 * One run of the breaker, every minute. It holds consumption when posts have failed for five minutes and the ingestor
 * has answered none, and then lets messages through for a short while every five minutes, until the ingestor answers.
 * A hold by a person is left alone.
 */
export class BreakerRun {
  constructor(private readonly all: BreakerCollaborators) {}

  async run(): Promise<BreakerResult> {
    const { holds, store, trace } = this.all;
    const [hold, state, posts] = await Promise.all([holds.read(), store.read(), trace()]);
    if (hold === undefined) return this.watch(state, posts);
    return hold.by === BREAKER ? this.keep(hold, state, posts) : this.leave(state);
  }

  private async watch(state: BreakerState, posts: PostTrace): Promise<BreakerResult> {
    const { store, clock } = this.all;
    if (state.isHolding) {
      // A person released it: only what fails from now on counts.
      await store.write({ ignoreBefore: clock.now() });
      return 'passing';
    }
    const { ignoreBefore = 0 } = state;
    const { answeredAt = 0, failedAt = 0 } = posts;
    const passedAt = Math.max(answeredAt, ignoreBefore);
    if (failedAt <= passedAt) {
      if (state.failingSince !== undefined) await store.write({ ignoreBefore });
      return 'passing';
    }
    const { failingSince = failedAt } = state;
    const since = failingSince > passedAt ? failingSince : failedAt;
    if (since !== state.failingSince) await store.write({ ignoreBefore, failingSince: since });
    return failedAt - since < FAILING_MS ? 'failing' : this.trip(since, posts);
  }

  private async trip(since: number, { failure }: PostTrace): Promise<BreakerResult> {
    const { mapping, holds, store, log, clock } = this.all;
    // Disabled by hand.
    if (isOff(await mapping.state())) return 'failing';
    const now = clock.now();
    const last = failure === undefined ? '' : `; the last error: ${failure}`;
    const reason = `no post has succeeded since ${new Date(since).toISOString()}${last}`;
    const hold = { since: new Date(now).toISOString(), by: BREAKER, reason };
    if (!(await holds.writeIfNone(hold))) return 'not mine';
    await mapping.set(false);
    await store.write({ isHolding: true, changedAt: now });
    log.warn('consumption is held, because no post succeeds', { reason });
    this.report();
    return 'held';
  }

  private async keep(hold: Hold, state: BreakerState, posts: PostTrace): Promise<BreakerResult> {
    const { mapping, store, clock } = this.all;
    this.report();
    const now = clock.now();
    const { answeredAt = 0, failedAt = 0 } = posts;
    const { isTrying = false, changedAt = now } = state;
    if (answeredAt > Date.parse(hold.since)) return this.release('a post succeeded');
    if (isOff(await mapping.state())) {
      if (now - changedAt >= PAUSE_MS) return this.try(now);
      // A trial that is not on was ended by a person, or its request was refused.
      if (!state.isHolding || isTrying) await store.write({ isHolding: true, changedAt });
      return 'holding';
    }
    if (isTrying && failedAt <= changedAt) {
      return now - changedAt >= QUIET_MS ? this.release('nothing fails any more') : 'trying';
    }
    await mapping.set(false);
    await store.write({ isHolding: true, changedAt: now });
    return 'holding';
  }

  private async try(now: number): Promise<BreakerResult> {
    const { mapping, holds, store } = this.all;
    await store.write({ isHolding: true, isTrying: true, changedAt: now });
    await mapping.set(true);
    // A person may have taken the hold over meanwhile.
    if ((await holds.read())?.by === BREAKER) return 'trying';
    return this.leave({ isHolding: true, isTrying: true });
  }

  private async release(why: string): Promise<BreakerResult> {
    const { mapping, holds, store, log, clock } = this.all;
    // Lambda may still be busy with the trial.
    if (!(await mapping.set(true))) return 'trying';
    if (!(await holds.removeOf(BREAKER))) return this.leave({ isHolding: true, isTrying: true });
    await store.write({ ignoreBefore: clock.now() });
    log.info('consumption is on again', { why });
    return 'released';
  }

  /** Leaves a person's hold alone, but ends a trial that began before it. */
  private async leave({ isHolding, isTrying }: BreakerState): Promise<BreakerResult> {
    const { mapping, holds, store } = this.all;
    if (isTrying && (await holds.read()) !== undefined && !(await mapping.set(false))) {
      return 'not mine';
    }
    if (isHolding) await store.write({});
    return 'not mine';
  }

  private report(): void {
    const { meter } = this.all;
    meter.count('BreakerHolds');
  }
}
