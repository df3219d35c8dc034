import type { BackfillCursor, CursorStore } from '../../../lambdas/backfill/cursor.js';
import type { BackfillCollaborators } from '../../../lambdas/backfill/collaborators.js';
import type { QueueMessage } from '../../../lambdas/queue/queue.js';
import type { BackfillKit } from './collaborators.js';

/** When a run dies, in calls of its collaborators. */
export interface Kill {
  /** The call that is its last, from 1. */
  readonly call: number;
  /** Whether that call still has its effect; its answer is lost in any case. */
  readonly effective: boolean;
  /** Whether the same event comes again, or the keeper a quarter of an hour later. */
  readonly retried: boolean;
}

export class Killed extends Error {}

type Call = <T>(effect: () => Promise<T>) => Promise<T>;

/** Calls until the one that `kill` names; that one and all later ones throw. */
function mortal(kill: Kill | undefined): Call {
  let calls = 0;
  let dead = false;
  return async (effect) => {
    calls += 1;
    const last = calls === kill?.call;
    if (dead || (last && !kill.effective)) {
      dead = true;
      throw new Killed('killed');
    }
    dead = last;
    const value = await effect();
    if (last) throw new Killed('killed');
    return value;
  };
}

/** The kit of one run that dies as `kill` says: nothing that it calls afterwards has an effect. */
export function killable(
  kit: BackfillCollaborators,
  kill: Kill | undefined,
): BackfillCollaborators {
  const call = mortal(kill);
  const { engine, objects, queue, cursors } = kit;
  return {
    ...kit,
    engine: {
      dialect: engine.dialect,
      relation: (...args: Parameters<typeof engine.relation>) => engine.relation(...args),
      start: (sql: string, token: string) => call(() => engine.start(sql, token)),
      state: (id: string) => call(() => engine.state(id)),
      stop: (id: string) => call(() => engine.stop(id)),
    },
    objects: {
      read: (...args: Parameters<typeof objects.read>) => call(() => objects.read(...args)),
      folders: (href: string) => call(() => objects.folders(href)),
    },
    queue: {
      maxBytes: () => call(() => queue.maxBytes()),
      depth: () => call(() => queue.depth()),
      sendBatch: (messages: readonly QueueMessage[]) => call(() => queue.sendBatch(messages)),
    },
    cursors: {
      read: () => call(() => cursors.read()),
      version: () => call(() => cursors.version()),
      write: (...args: Parameters<CursorStore['write']>) => call(() => cursors.write(...args)),
    },
    invokeSelf: (event) => call(() => kit.invokeSelf(event)),
  };
}

/** Keeps account of what was sent since the cursor last moved: what a kill at this moment repeats. */
export class RepeatAccount {
  readonly mayRepeat: string[] = [];
  private begun = 0;
  private offset = -1;

  constructor(private readonly kit: BackfillKit) {
    const { cursors } = kit;
    const write = cursors.write.bind(cursors);
    cursors.write = async (cursor, expected) => {
      const written = await write(cursor, expected);
      if (written) this.note(cursor);
      return written;
    };
  }

  /** Returns the number of messages that may be sent again because of a kill. */
  killed(): number {
    const repeated = this.kit.queue.bodies.slice(this.begun);
    this.mayRepeat.push(...repeated);
    this.begun = this.kit.queue.bodies.length;
    return repeated.length;
  }

  private note({ result, stage }: BackfillCursor): void {
    const offset = result?.offset ?? (stage === 'sending' ? 0 : this.offset);
    if (offset === this.offset) return;
    this.offset = offset;
    this.begun = this.kit.queue.bodies.length;
  }
}
