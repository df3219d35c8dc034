import type { Context } from 'aws-lambda';
import { deployedVerifyCollaborators, type VerifyCollaborators } from './collaborators.js';
import { isOverdue, pendingSeconds, verifyOne, type Verdict } from './ingestion.js';
import { positionOf, type PendingIngestion } from '../ingestor/pending.js';
import { failureOf } from '../runtime/errors.js';

/** The number of Items by result. */
export type VerifyResult = Readonly<Record<Verdict, number>>;

type InvocationContext = Pick<Context, 'getRemainingTimeInMillis'>;

export interface VerifyHandler {
  (event: unknown, context: InvocationContext): Promise<VerifyResult>;
  /** Returns the same handler with these collaborators instead of the deployed ones. */
  with(collaborators: VerifyCollaborators): VerifyHandler;
}

/** As many requests as the ingestor gets from posts, with the default of 10 concurrent batches. */
const CONCURRENT = 128;
/** Failures in a row, without a success, after which the ingestor counts as down. */
const MAX_FAILURES = 256;
/** Time reserved for the last requests with their retries, and for writing their results. */
const RESERVE_MS = 60_000;

/**
 * Creates the handler of the scheduled function behind verify_ingestion. It asks the ingestor for the status of each
 * posted Item: Items that were loaded are removed from the state table; Items that failed, or that are not loaded after an
 * hour, go back to the queue, and after `maxTries` attempts to the dead-letter queue.
 */
export function verifyHandler(): VerifyHandler {
  return handlerWith(deployedVerifyCollaborators);
}

function handlerWith(collaborators: () => VerifyCollaborators): VerifyHandler {
  const handle = async (_event: unknown, context: InvocationContext): Promise<VerifyResult> => {
    const hasTime = () => context.getRemainingTimeInMillis() > RESERVE_MS;
    const run = new VerifyRun(collaborators(), hasTime);
    return run.run();
  };
  return Object.assign(handle, {
    with: (others: VerifyCollaborators) => handlerWith(() => others),
  });
}

class VerifyRun {
  private readonly counts = { loaded: 0, waiting: 0, requeued: 0, dead: 0, unsettled: 0 };
  private checked = 0;
  private overdue = 0;
  private oldestSeconds = 0;
  /** Set if the time did not suffice: the position of the last Item that was looked at. */
  private stoppedAt: string | undefined;
  private failures = 0;
  private lastError: unknown;

  constructor(
    private readonly verify: VerifyCollaborators,
    private readonly hasTime: () => boolean,
  ) {}

  async run(): Promise<VerifyResult> {
    const { log, meter, progress } = this.verify;
    const { after } = await progress.read();
    const rows = this.rowsFrom(after);
    const lane = async (): Promise<void> => {
      for await (const row of rows) await this.check(row);
    };
    await Promise.all(Array.from({ length: CONCURRENT }, lane));
    if (this.overdue > 0) meter.count('IngestionsUnverified', this.overdue);
    const { loaded, requeued, dead } = this.counts;
    if (loaded > 0) meter.count('IngestionsLoaded', loaded);
    if (requeued > 0) meter.count('IngestionsRequeued', requeued);
    if (dead > 0) meter.count('IngestionsDead', dead);
    const { overdue, oldestSeconds } = this;
    // A metric that is always published costs as much as three alarms.
    if (oldestSeconds > 0) meter.seconds('OldestPendingIngestion', oldestSeconds);
    log.info('ingestions verified', { ...this.counts, overdue, oldestSeconds });
    meter.publish();
    // If every request failed, the ingestor is down or the configuration is wrong: fail, so that the function's alarm fires.
    if (this.isDown() || (this.checked > 0 && this.counts.unsettled === this.checked)) {
      throw this.lastError;
    }
    await this.save();
    return this.counts;
  }

  /**
   * Yields every row while there is time: those after the position where the last run stopped, then the others. If every
   * run started at the beginning, the later rows might never be checked.
   */
  private async *rowsFrom(after: string | undefined): AsyncGenerator<PendingIngestion> {
    for (const start of after === undefined ? [after] : [after, undefined]) {
      for await (const row of this.verify.ingestions.pending(start)) {
        if (this.isDown()) return;
        const position = positionOf(row);
        if (start === undefined && after !== undefined && position > after) break;
        yield row;
        this.stoppedAt = position;
        if (!this.hasTime()) return;
      }
      this.stoppedAt = undefined;
    }
  }

  /** Never rejects, because the other lanes would go on. */
  private async check(row: PendingIngestion): Promise<void> {
    const { log, clock } = this.verify;
    let verdict: Verdict = 'unsettled';
    try {
      verdict = await verifyOne(row, this.verify);
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      this.lastError = error;
      log.warn('could not verify an ingestion', { error: failureOf(error).message });
    }
    this.checked += 1;
    this.counts[verdict] += 1;
    if (verdict !== 'waiting' && verdict !== 'unsettled') return;
    const now = clock.now();
    if (isOverdue(row, now)) this.overdue += 1;
    this.oldestSeconds = Math.max(this.oldestSeconds, Math.round(pendingSeconds(row, now)));
  }

  private isDown(): boolean {
    return this.failures >= MAX_FAILURES;
  }

  private async save(): Promise<void> {
    const { loaded, dead } = this.counts;
    await this.verify.progress.write({
      after: this.stoppedAt,
      lastRun: {
        endedAt: new Date(this.verify.clock.now()).toISOString(),
        checked: this.checked,
        settled: loaded + dead,
        overdue: this.overdue,
        isComplete: this.stoppedAt === undefined,
      },
    });
  }
}
