import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  newBackfill,
  pauseBackfill,
  restartBackfill,
  type CursorStore,
  type StoredCursor,
} from '../../../lambdas/backfill/cursor.js';
import { memoryCursors } from '../../../lambdas/backfill/cursor-table.js';
import { Lease, LEASE_MS, LeaseLostError } from '../../../lambdas/backfill/lease.js';
import { FakeClock } from '../../support/backfill/collaborators.js';

const BEGIN = { source: 'source', chunk: undefined, now: 0 };

let store: CursorStore;
let clock: FakeClock;

beforeEach(async () => {
  store = memoryCursors();
  clock = new FakeClock();
  await store.write({ ...newBackfill(BEGIN), stage: 'sending' }, undefined);
});

async function stored(): Promise<StoredCursor> {
  const cursor = await store.read();
  if (cursor === undefined) throw new Error('no cursor');
  return cursor;
}

async function claim(owner: string): Promise<Lease | undefined> {
  return Lease.claim(await stored(), { store, owner, clock });
}

async function claimed(owner: string): Promise<Lease> {
  const lease = await claim(owner);
  if (lease === undefined) throw new Error('not claimed');
  return lease;
}

/** The store behind a connection that loses the response to the next write when `loseNext` was called. */
function lossyStore() {
  let lost = false;
  const lossy: CursorStore = {
    ...store,
    write: async (cursor, expected) => {
      // The SDK tries again after a write that had passed.
      if (lost) await store.write(cursor, expected);
      lost = false;
      return store.write(cursor, expected);
    },
  };
  return {
    store: lossy,
    loseNext: () => {
      lost = true;
    },
  };
}

describe('one run at a time', () => {
  test('another run gets the lease only after it expires', async () => {
    await claimed('a');

    expect(await claim('b')).toBeUndefined();
    clock.advance(LEASE_MS - 1);
    expect(await claim('b')).toBeUndefined();
    clock.advance(1);
    expect(await claim('b')).toBeDefined();
  });

  test('if two runs claim the same state, only one gets the lease', async () => {
    const state = await stored();

    const leases = await Promise.all(
      ['a', 'b'].map((owner) => Lease.claim(state, { store, owner, clock })),
    );

    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  test('a claim whose response was lost, so that the SDK wrote twice, holds the lease', async () => {
    const lossy = lossyStore();
    lossy.loseNext();

    const lease = await Lease.claim(await stored(), { store: lossy.store, owner: 'a', clock });
    await store.write({ ...(await stored()).cursor, paused: true }, (await stored()).version);
    await lease?.save({ chunks: 1 });

    expect((await stored()).cursor).toMatchObject({ chunks: 1, paused: true });
  });

  test('a run whose lease was taken over fails at its next write, and writes nothing', async () => {
    const first = await claimed('a');
    clock.advance(LEASE_MS);
    const second = await claimed('b');
    await second.save({ chunks: 2 });

    await expect(first.save({ chunks: 1 })).rejects.toThrow(LeaseLostError);
    await expect(first.release({ chunks: 1 })).rejects.toThrow(LeaseLostError);
    expect((await stored()).cursor).toMatchObject({ chunks: 2, lease: { owner: 'b' } });
  });

  test('each write renews the lease, and a release lets the next run claim it', async () => {
    const lease = await claimed('a');
    clock.advance(LEASE_MS - 1);
    await lease.save({ chunks: 1 });
    clock.advance(LEASE_MS - 1);
    const busy = await claim('b');
    await lease.release({ chunks: 2 });

    expect(busy).toBeUndefined();
    expect((await claimed('b')).cursor.chunks).toBe(2);
  });

  test('the lease is renewed before it expires, but not on every check', async () => {
    const lease = await claimed('a');
    const { version } = await stored();

    await lease.renewIfDue();
    clock.advance(LEASE_MS / 3 - 1);
    await lease.renewIfDue();
    const unchanged = (await stored()).version;
    clock.advance(1);
    await lease.renewIfDue();
    await lease.renewIfDue();

    expect(unchanged).toBe(version);
    expect((await stored()).version).toBe(version + 1);
    expect((await stored()).cursor.lease?.until).toBe(clock.now() + LEASE_MS);
  });

  test('a claim and each write store when the lease expires, and a write stores its own time', async () => {
    const lease = await claimed('a');
    expect((await stored()).cursor.lease).toEqual({ owner: 'a', until: clock.now() + LEASE_MS });

    clock.advance(5_000);
    await lease.save();
    expect((await stored()).cursor).toMatchObject({
      lease: { owner: 'a', until: clock.now() + LEASE_MS },
      updatedAt: new Date(clock.now()).toISOString(),
    });

    await lease.release();
    expect((await stored()).cursor.lease).toBeUndefined();
  });
});

describe('while a page is sent', () => {
  test('the lease is renewed until the work ends', async () => {
    const lease = await claimed('a');
    const slow = (async () => {
      for (let wait = 0; wait < 30; wait += 1) await clock.sleep(10_000);
      return 'sent';
    })();

    expect(await lease.renewWhile(slow)).toBe('sent');
    expect((await stored()).cursor.lease?.until).toBeGreaterThan(clock.now());
  });

  test('the timer is stopped when the work ends, and short work writes nothing', async () => {
    const lease = await claimed('a');
    const { version } = await stored();
    const signals: (AbortSignal | undefined)[] = [];
    const sleep = clock.sleep.bind(clock);
    clock.sleep = (ms, signal) => {
      signals.push(signal);
      return sleep(ms, signal);
    };

    expect(await lease.renewWhile(Promise.resolve(1))).toBe(1);

    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
    expect((await stored()).version).toBe(version);
  });

  test('an error from the work is rethrown', async () => {
    const lease = await claimed('a');

    await expect(lease.renewWhile(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});

describe('concurrent writes', () => {
  test('a pause is noticed at the next write, which is saved too', async () => {
    const lease = await claimed('a');
    await pauseBackfill(store);

    await lease.save({ chunks: 1 });

    expect(lease.cursor).toMatchObject({ paused: true, chunks: 1 });
    expect((await stored()).cursor).toMatchObject({ paused: true, chunks: 1 });
  });

  test('a restart ends the lease', async () => {
    const lease = await claimed('a');
    await restartBackfill(store, BEGIN);

    const saved = lease.save({ chunks: 1 });
    await expect(saved).rejects.toThrow(LeaseLostError);
    await expect(saved).rejects.toMatchObject({
      kind: 'transient',
      message: 'another run took over the backfill, or it was restarted',
    });
    expect((await stored()).cursor.chunks).toBe(0);
  });

  test.each([
    ['an end of the chunk', { stage: 'complete' as const }],
    ['another attempt', { attempt: 9 }],
    ['a lease of another run', { lease: { owner: 'b', until: Infinity } }],
    ['no lease at all', { lease: undefined }],
  ])('%s that was written concurrently ends the lease', async (_, changes) => {
    const lease = await claimed('a');
    const { cursor, version } = await stored();
    await store.write({ ...cursor, ...changes }, version);

    await expect(lease.save({ chunks: 1 })).rejects.toThrow(LeaseLostError);
  });

  test('a deleted cursor ends the lease', async () => {
    const lease = await Lease.claim(await stored(), {
      owner: 'a',
      clock,
      store: { ...store, read: () => Promise.resolve(undefined) },
    });
    await pauseBackfill(store);

    await expect(lease?.save()).rejects.toThrow(LeaseLostError);
  });

  test('a lost response to a write of the same run does not end the lease', async () => {
    const lossy = lossyStore();
    const lease = await Lease.claim(await stored(), { store: lossy.store, owner: 'a', clock });
    lossy.loseNext();

    await lease?.save({ chunks: 1 });

    expect((await stored()).cursor.chunks).toBe(1);
  });
});
