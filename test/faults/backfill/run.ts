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
  /** Path of the bundled worker.ts. */
  readonly workerFile: string;
  /** Folder for the inventory and the state of the backfill. The caller deletes it. */
  readonly folder: string;
  readonly onProgress?: (sent: number) => void;
}

const PAGES = 50;
const MIN_PAGE_BYTES = 4096;
const MAX_QUERY_KILL_MS = 50;

/** The page size of a deployment, or less if the inventory would have only a few pages. */
export function benchPageBytes(count: number): number {
  return Math.min(PAGE_BYTES, Math.max(MIN_PAGE_BYTES, Math.ceil((count * ROW_BYTES) / PAGES)));
}

/** Runs a backfill in a process that is repeatedly killed and restarted. No key may be lost. */
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

  /** Returns true if the backfill completed, false if its process was killed. Throws Error otherwise. */
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

  /** Messages that a killed process had sent may arrive late; the queue accepts them too. */
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
 * The moment at which a process is killed.
 * - querying: while its query runs
 * - lost: while it sends a batch that never reaches the queue
 * - unanswered: after the queue accepted a batch, before its response
 * - answered: after the response was sent
 * - saving: while it writes the cursor
 */
export type KillKind = 'querying' | 'lost' | 'unanswered' | 'answered' | 'saving';

export interface PlannedKill {
  readonly kind: KillKind;
  /** Number of messages that the queue has accepted before the kill, including repeated ones. */
  readonly after: number;
}

const SENDING: readonly KillKind[] = ['lost', 'unanswered', 'answered', 'saving'];
// A local query dies with its process, and a backfill restarts a query at most five times.
const MAX_QUERYING = 4;
const QUERYING_SHARE = 0.2;
/** Fraction of the messages before which every kill takes place, so that the backfill is not complete by then. */
const LATEST = 0.9;

/** Plans kills, sorted by time; the same seed gives the same kills. */
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
