import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../local/http/faults.js';
import { PAGE_BYTES } from '../../../lambdas/backfill/collaborators.js';
import { ROW_BYTES, writeBenchInventory } from './keys.js';
import { BackfillBenchLedger, type BackfillBenchSummary } from './ledger.js';
import {
  BACKFILL_SETTINGS_VARIABLE,
  type BackfillWorkerSettings,
  type FromBackfillWorker,
  type ToBackfillWorker,
} from './protocol.js';

export interface BackfillBenchOptions {
  readonly count: number;
  readonly kills: number;
  readonly seed: number;
  /** JavaScript of worker.ts. */
  readonly workerFile: string;
  /** For the inventory and what the backfill keeps; removed by whoever owns it. */
  readonly folder: string;
  readonly onProgress?: (sent: number) => void;
}

const PAGES = 50;
const MIN_PAGE_BYTES = 4096;
const MAX_QUERY_KILL_MS = 50;

/** A page as it is deployed, or smaller where the inventory would be a few pages only. */
export function benchPageBytes(count: number): number {
  return Math.min(PAGE_BYTES, Math.max(MIN_PAGE_BYTES, Math.ceil((count * ROW_BYTES) / PAGES)));
}

/** A backfill in a process that is killed again and again, and started again. No key may be lost. */
export async function runBackfillBench(
  options: BackfillBenchOptions,
): Promise<BackfillBenchSummary> {
  const { count, folder } = options;
  const inventory = join(folder, 'inventory');
  await writeBenchInventory(inventory, count);
  const bench = new BackfillBench(options, {
    inventory,
    folder: join(folder, 'work'),
    pageBytes: benchPageBytes(count),
  });
  return bench.run();
}

class BackfillBench {
  private kills = 0;
  private readonly plan: PlannedKill[];
  private readonly ledger: BackfillBenchLedger;
  private readonly random: () => number;

  constructor(
    private readonly options: BackfillBenchOptions,
    private readonly settings: BackfillWorkerSettings,
  ) {
    const { kills, count, seed } = options;
    this.plan = plannedKills(kills, count, seed);
    this.ledger = new BackfillBenchLedger(count);
    this.random = seededRandom(seed + 1);
  }

  async run(): Promise<BackfillBenchSummary> {
    for (let isDone = false; !isDone;) isDone = await this.runProcess();
    return this.ledger.summary(this.kills);
  }

  /** True when the backfill is complete, false when its process was killed. Throws for any other end. */
  private runProcess(): Promise<boolean> {
    const child = fork(this.options.workerFile, {
      env: {
        PATH: process.env['PATH'],
        [BACKFILL_SETTINGS_VARIABLE]: JSON.stringify(this.settings),
      },
      execArgv: ['--no-warnings'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let end = 'no word';
    child.on('message', (message: FromBackfillWorker) => {
      if (message.type === 'done') end = `${message.outcome}: ${message.message}`;
      else this.take(child, message);
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        if (end.startsWith('complete')) resolve(true);
        else if (signal === 'SIGKILL') resolve(false);
        else reject(new Error(`the backfill ended with exit code ${code ?? '-'}, ${end}`));
      });
    });
  }

  /** A killed process may have sent what arrives only now: the queue takes that, too. */
  private take(child: ChildProcess, message: Exclude<FromBackfillWorker, { type: 'done' }>): void {
    const due = child.killed ? undefined : this.due();
    if (message.type === 'querying' || message.type === 'saving') {
      if (due?.kind === message.type) void this.kill(child);
      return;
    }
    if (due?.kind === 'lost') {
      void this.kill(child);
      return;
    }
    this.ledger.take(message.bodies);
    this.options.onProgress?.(this.ledger.sent);
    if (due?.kind !== 'unanswered') this.answer(child, message.id);
    if (due?.kind === 'unanswered' || due?.kind === 'answered') void this.kill(child);
  }

  private due(): PlannedKill | undefined {
    const next = this.plan[0];
    return next !== undefined && next.after <= this.ledger.sent ? next : undefined;
  }

  private answer(child: ChildProcess, id: number): void {
    const answer: ToBackfillWorker = { id };
    if (child.connected && !child.killed) child.send(answer, () => undefined);
  }

  private async kill(child: ChildProcess): Promise<void> {
    const planned = this.plan.shift();
    if (planned?.kind === 'querying') await sleep(this.random() * MAX_QUERY_KILL_MS);
    if (child.kill('SIGKILL')) this.kills += 1;
  }
}

/**
 * When a process is killed.
 * - querying: while its query runs
 * - lost: as it sends a batch, which the queue never sees
 * - unanswered: when the queue has taken a batch, before its answer
 * - answered: with the answer on its way
 * - saving: while it writes the cursor
 */
export type KillKind = 'querying' | 'lost' | 'unanswered' | 'answered' | 'saving';

export interface PlannedKill {
  readonly kind: KillKind;
  /** Messages that the queue has taken before, repeated ones included. */
  readonly after: number;
}

const SENDING: readonly KillKind[] = ['lost', 'unanswered', 'answered', 'saving'];
// The local engine's query dies with its process, and a backfill starts one again five times at most.
const MAX_QUERYING = 4;
const QUERYING_SHARE = 0.2;
/** None so late that the backfill could be over before it. */
const LATEST = 0.9;

/** In the order in which they are due; the same for the same seed. */
export function plannedKills(kills: number, count: number, seed: number): PlannedKill[] {
  const random = seededRandom(seed);
  const querying = Math.min(MAX_QUERYING, Math.floor(kills * QUERYING_SHARE));
  const sending = Array.from({ length: kills - querying }, (): PlannedKill => {
    const after = 1 + Math.floor(random() * count * LATEST);
    return { kind: SENDING[Math.floor(random() * SENDING.length)] ?? 'lost', after };
  });
  return [
    ...Array.from({ length: querying }, (): PlannedKill => ({ kind: 'querying', after: 0 })),
    ...sending.toSorted((one, other) => one.after - other.after),
  ];
}
