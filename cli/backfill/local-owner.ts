import type { BackfillCursor, CursorStore } from '../../lambdas/backfill/cursor.js';
import { errorCode } from '../../lambdas/runtime/errors.js';

const OWNER = /^local-(\d+)$/;

/** Of the lease of a backfill on this machine: tells whether its process still lives. */
export function localOwner(): string {
  return `local-${process.pid}`;
}

/** True when nobody works on the backfill: the lease of a process that was killed need not run out first. */
export async function freeOfOthers(store: CursorStore, now: number): Promise<boolean> {
  const stored = await store.read();
  if (stored?.cursor.lease === undefined) return true;
  if (isAtWork(stored.cursor, now)) return false;
  return store.write({ ...stored.cursor, lease: undefined }, stored.version);
}

/** Whether a process that lives holds the lease. */
export function isAtWork({ lease }: BackfillCursor, now: number): boolean {
  return lease !== undefined && lease.until > now && isAlive(lease.owner);
}

function isAlive(owner: string): boolean {
  const id = OWNER.exec(owner)?.[1];
  if (id === undefined) return false;
  try {
    // Signal 0 asks only.
    process.kill(Number(id), 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
