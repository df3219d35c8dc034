import type { SQSRecord } from 'aws-lambda';
import { randomUUID } from 'node:crypto';

import { failureOf } from '../../lambdas/runtime/errors.js';
import type { LogFields } from '../../lambdas/runtime/log.js';
import type { ContainerReport } from '../container/pool.js';
import { BACKFILL_ATTRIBUTE } from '../../lambdas/queue/attributes.js';
import type { Attempt, Counts, DeadMessage, LogEntry } from '../container/protocol.js';
import type { LineFile } from '../files/line-file.js';
import type { LocalQueue } from '../queue/local-queue.js';
import { AttemptCorrections } from './attempts.js';
import type { RunFolder } from './folder.js';

export interface SettledMessage {
  readonly body: string;
  /** Whether a backfill sent it. */
  readonly isBackfill: boolean;
}

/** Records a run: writes outcomes to the folder and warnings to its log, and counts both. */
export class RunLedger {
  /** What the summary says about the input. */
  readonly input: {
    readonly notes: string[];
    inputFault: string | undefined;
    /** Messages of a backfill that were settled, and how many of them name a granule. */
    readonly backfill: { messages: number; named: number };
  } = { notes: [], inputFault: undefined, backfill: { messages: 0, named: 0 } };
  /** Records what the input tells beside its messages. */
  readonly report = {
    refuse: (letter: Omit<DeadMessage, 'messageId'>): void => {
      this.refuse(letter);
    },
    note: (line: string): void => {
      this.input.notes.push(line);
    },
    fail: (reason: string): void => {
      this.input.inputFault = reason;
    },
  };
  private readonly counted = {
    settled: 0,
    retries: 0,
    warnings: 0,
    made: 0,
    posted: 0,
    skipped: 0,
    tokenRequests: 0,
  };
  private readonly corrections = new AttemptCorrections();
  private readonly log: LineFile;
  private fault: { readonly error: unknown } | undefined;

  /** @param onStack receives the stack of each error that was not thrown on purpose */
  constructor(
    private readonly folder: RunFolder,
    private readonly onStack: (stack: string) => void = () => undefined,
  ) {
    this.log = folder.openLog();
  }

  /** The counts so far. A message counts once, however often it was received; `retries` are its other attempts. */
  get counts(): Readonly<RunLedger['counted']> {
    const { made, posted } = this.corrections;
    const counts = this.counted;
    return { ...counts, made: counts.made + made, posted: counts.posted + posted };
  }

  /** True once writing failed or the input threw, which ends the run. */
  get hasFault(): boolean {
    return this.fault !== undefined;
  }

  /** Throws the first error, if there was one. */
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
      else if (report.type === 'dead') this.putDeadLetter(report);
      else if (report.type === 'log') this.warn(report.entry);
      else this.add(report.counts, report.attempts);
    });
  }

  /** Marks a message as done. Its outcome was recorded before. */
  settle({ body, isBackfill }: SettledMessage): void {
    this.attempt(() => {
      this.folder.markDone(body);
    });
    this.counted.settled++;
    if (!isBackfill) return;
    this.input.backfill.messages++;
    this.input.backfill.named++;
  }

  /** Counts messages that a container is about to receive. */
  receive(records: readonly SQSRecord[]): void {
    const again = records.filter(({ attributes }) => attributes.ApproximateReceiveCount !== '1');
    this.counted.retries += again.length;
  }

  warnOf(error: unknown): void {
    this.attempt(() => {
      this.warn({ level: 'error', message: failureOf(error).message });
    });
  }

  note(message: string, fields?: LogFields): void {
    this.attempt(() => {
      this.warn({ ...fields, level: 'warn', message });
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

  /** A backfill's message with a MessageError names no granule: it is skipped, or the pipeline refuses it. */
  private putDeadLetter(message: DeadMessage): void {
    this.folder.putDeadLetter(message);
    const { [BACKFILL_ATTRIBUTE]: backfill, error } = message.attributes;
    if (backfill !== undefined && error === 'MessageError') this.input.backfill.named--;
  }

  /** Records a part of the input that has no message, unless an interrupted run did. */
  private refuse({ body, attributes }: Omit<DeadMessage, 'messageId'>): void {
    this.attempt(() => {
      if (this.folder.wasDone(body)) return;
      this.folder.putDeadLetter({ messageId: randomUUID(), body, attributes });
      this.folder.markDone(body);
    });
  }

  private warn(entry: LogEntry): void {
    // The log entry of a record's outcome does not count as a warning: outcomes are counted separately.
    if (entry.message !== 'record') this.counted.warnings++;
    this.log.append(JSON.stringify(entry));
    if (typeof entry['stack'] === 'string') this.onStack(entry['stack']);
  }

  private add(
    { ItemsMade = 0, ItemsPosted = 0, MessagesSkipped = 0, TokenRequests = 0 }: Counts,
    attempts: readonly Attempt[],
  ): void {
    this.counted.made += ItemsMade;
    this.counted.posted += ItemsPosted;
    this.counted.skipped += MessagesSkipped;
    this.counted.tokenRequests += TokenRequests;
    for (const attempt of attempts) this.corrections.take(attempt);
  }

  private attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }
}
