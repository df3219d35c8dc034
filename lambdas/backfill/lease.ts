import {
  isUnfinished,
  type BackfillCursor,
  type CursorStore,
  type StoredCursor,
} from './cursor.js';
import type { Clock } from '../runtime/clock.js';
import { QueryError } from '../runtime/errors.js';

/** Time without a write after which another run may take over the backfill. */
export const LEASE_MS = 60_000;
const RENEW_MS = LEASE_MS / 3;

/** Thrown when another run took over the backfill or a person restarted it. This run must stop writing. */
export class LeaseLostError extends QueryError {
  constructor() {
    super('another run took over the backfill, or it was restarted', { kind: 'transient' });
  }
}

interface LeaseOptions {
  readonly store: CursorStore;
  /** Identifies the invocation. Two invocations must never have the same owner, even if their event is the same. */
  readonly owner: string;
  readonly clock: Clock;
}

type Changes = Partial<Omit<BackfillCursor, 'lease' | 'paused' | 'until' | 'updatedAt'>>;

/** The right to work on the backfill, held by one run at a time; each write renews it. */
export class Lease {
  private renewedAt: number;

  private constructor(
    private readonly options: LeaseOptions,
    private stored: StoredCursor,
  ) {
    this.renewedAt = options.clock.now();
  }

  /** Returns undefined if another run holds the lease. */
  static async claim(stored: StoredCursor, options: LeaseOptions): Promise<Lease | undefined> {
    const { lease } = stored.cursor;
    const { owner, clock, store } = options;
    if (lease !== undefined && lease.until > clock.now()) return undefined;
    const cursor = { ...stored.cursor, lease: { owner, until: clock.now() + LEASE_MS } };
    if (await store.write(cursor, stored.version)) {
      return new Lease(options, { cursor, version: stored.version + 1 });
    }
    // If the response was lost, the SDK wrote a second time, which the first write made fail.
    const now = await store.read();
    return now?.cursor.lease?.owner === owner ? new Lease(options, now) : undefined;
  }

  get cursor(): BackfillCursor {
    return this.stored.cursor;
  }

  /** Writes the changes and renews the lease. Throws LeaseLostError. */
  async save(changes: Changes = {}): Promise<void> {
    const { owner, clock } = this.options;
    await this.write(changes, { owner, until: clock.now() + LEASE_MS });
  }

  /** Writes the changes and releases the lease. Throws LeaseLostError. */
  async release(changes: Changes = {}): Promise<void> {
    await this.write(changes, undefined);
  }

  async renewIfDue(): Promise<void> {
    if (this.options.clock.now() - this.renewedAt >= RENEW_MS) await this.save();
  }

  /** Renews the lease until `work` settles. */
  async renewWhile<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    for (;;) {
      const timer = new AbortController();
      const slept = this.options.clock.sleep(RENEW_MS, timer.signal).catch(() => undefined);
      const first = await Promise.race([settled, slept]);
      timer.abort();
      if (first === undefined) await this.save();
      else if ('error' in first) throw first.error;
      else return first.value;
    }
  }

  private async write(changes: Changes, lease: BackfillCursor['lease']): Promise<void> {
    const { store, clock } = this.options;
    for (;;) {
      const updatedAt = new Date(clock.now()).toISOString();
      const cursor = { ...this.stored.cursor, ...changes, updatedAt, lease };
      if (await store.write(cursor, this.stored.version)) {
        this.stored = { cursor, version: this.stored.version + 1 };
        this.renewedAt = clock.now();
        return;
      }
      await this.catchUp();
    }
  }

  /** Another write came first: a person paused the backfill or let more chunks follow, or the response to a write of this run was lost. */
  private async catchUp(): Promise<void> {
    const stored = await this.options.store.read();
    const mine = this.stored.cursor;
    const same =
      stored !== undefined &&
      stored.cursor.lease?.owner === this.options.owner &&
      stored.cursor.attempt === mine.attempt &&
      isUnfinished(stored.cursor);
    if (!same) throw new LeaseLostError();
    const { paused, until } = stored.cursor;
    this.stored = { version: stored.version, cursor: { ...mine, paused, until } };
  }
}
