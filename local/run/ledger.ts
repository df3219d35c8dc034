import { failureOf } from '../../lambdas/runtime/errors.js';
import type { ContainerReport } from '../container/pool.js';
import type { Counts, LogEntry } from '../container/protocol.js';
import type { LineFile } from '../files/line-file.js';
import type { LocalQueue } from '../queue/queue.js';
import type { RunFolder } from './folder.js';

/** Keeps what happens in a run: outcomes go to the folder, warnings to its log, numbers stay here. */
export class RunLedger {
  readonly counts = { settled: 0, warnings: 0, made: 0, posted: 0, skipped: 0, tokenRequests: 0 };
  private readonly log: LineFile;
  private fault: { readonly error: unknown } | undefined;

  constructor(private readonly folder: RunFolder) {
    this.log = folder.openLog();
  }

  /** What ends the run before its time: the first error that was met. */
  get hasFault(): boolean {
    return this.fault !== undefined;
  }

  throwFault(): void {
    if (this.fault) throw this.fault.error;
  }

  fail(error: unknown): void {
    this.fault ??= { error };
  }

  take(report: ContainerReport, queue: LocalQueue): void {
    this.attempt(() => {
      if (report.type === 'item') this.folder.putItem(report.id, report.json);
      else if (report.type === 'later')
        queue.changeVisibility(report.receiptHandle, report.seconds);
      else if (report.type === 'dead') this.folder.putDeadLetter(report);
      else if (report.type === 'log') this.warn(report.entry);
      else this.add(report.counts);
    });
  }

  /** The message is done with; its outcome was told before. */
  settle(body: string): void {
    this.attempt(() => {
      this.folder.markDone(body);
    });
    this.counts.settled++;
  }

  warnOf(error: unknown): void {
    this.attempt(() => {
      this.warn({ level: 'error', message: failureOf(error).message });
    });
  }

  output(text: string): void {
    this.attempt(() => {
      this.log.append(JSON.stringify({ level: 'output', message: text.trimEnd() }));
    });
  }

  flush(): void {
    this.attempt(() => {
      this.folder.flush();
      this.log.flush();
    });
  }

  close(): void {
    this.log.close();
  }

  private warn(entry: LogEntry): void {
    // The outcome of a record is no warning: it is counted elsewhere, or tried again.
    if (entry.message !== 'record') this.counts.warnings++;
    this.log.append(JSON.stringify(entry));
  }

  private add({
    ItemsMade = 0,
    ItemsPosted = 0,
    MessagesSkipped = 0,
    TokenRequests = 0,
  }: Counts): void {
    this.counts.made += ItemsMade;
    this.counts.posted += ItemsPosted;
    this.counts.skipped += MessagesSkipped;
    this.counts.tokenRequests += TokenRequests;
  }

  private attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }
}
