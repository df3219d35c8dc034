import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../lambdas/runtime/clock.js';
import { memoryCursors } from '../../../lambdas/backfill/cursor-table.js';
import type {
  BackfillCollaborators,
  BackfillEvent,
} from '../../../lambdas/backfill/collaborators.js';
import type { BackfillSettings } from '../../../lambdas/backfill/settings.js';
import { parseInventory } from '../../../lambdas/inventory/inventory.js';
import { silentMeter } from '../../../lambdas/runtime/metrics.js';
import type { Log, LogFields } from '../../../lambdas/runtime/log.js';
import { DEFAULT_MAX_BYTES } from '../../../lambdas/queue/limits.js';
import type { MessageQueue, QueueMessage } from '../../../lambdas/queue/queue.js';
import { fileObjects } from '../../../local/inventory/file-objects.js';
import { duckDbEngine } from '../../../local/inventory/duckdb-engine.js';

/** A clock that advances when something sleeps, so that sleeping takes no real time. */
export class FakeClock implements Clock {
  constructor(private time = Date.parse('2022-05-01T00:00:00Z')) {}

  now(): number {
    return this.time;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await setImmediate();
    signal?.throwIfAborted();
    this.time += ms;
  }

  advance(ms: number): void {
    this.time += ms;
  }
}

/** A queue that keeps the messages it is sent in an array. */
export class MemoryQueue implements MessageQueue {
  readonly messages: QueueMessage[] = [];
  waiting = 0;
  limitBytes = DEFAULT_MAX_BYTES;

  get bodies(): readonly string[] {
    return this.messages.map(({ body }) => body);
  }

  maxBytes(): Promise<number> {
    return Promise.resolve(this.limitBytes);
  }

  depth(): Promise<number> {
    return Promise.resolve(this.waiting);
  }

  sendBatch(messages: readonly QueueMessage[]): ReturnType<MessageQueue['sendBatch']> {
    this.messages.push(...messages);
    return Promise.resolve([]);
  }
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields | undefined;
}

export class MemoryLog implements Log {
  readonly lines: LogLine[] = [];

  info(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields?: LogFields): void {
    this.lines.push({ level: 'error', message, fields });
  }
}

export interface BackfillKit extends BackfillCollaborators {
  readonly clock: FakeClock;
  readonly queue: MemoryQueue;
  readonly deadLetters: MemoryQueue;
  readonly log: MemoryLog;
  /** Events with which the function invoked itself and which no test has delivered yet. */
  readonly invocations: BackfillEvent[];
}

export interface BackfillKitOptions {
  readonly inventory: string;
  readonly format?: string;
  readonly fields?: string;
  readonly resultsFolder: string;
  readonly settings?: Partial<BackfillSettings>;
}

/** Returns an invocation context. `owner` is the request id, which Lambda keeps for a retry of the event. */
export function invocation(owner: string, remainingMs = () => 900_000) {
  return { awsRequestId: owner, getRemainingTimeInMillis: remainingMs };
}

/** Returns collaborators for tests: files replace S3, DuckDB replaces Athena, and everything else is in memory. */
export function backfillKit(options: BackfillKitOptions): BackfillKit {
  const { inventory: location, format = 'csv', fields = 'Key', resultsFolder } = options;
  const invocations: BackfillEvent[] = [];
  return {
    settings: {
      pipelineId: 'example',
      inventory: parseInventory({ location, format, fields }),
      frequencyHours: 0,
      initialChunk: undefined,
      maxQueueDepth: undefined,
      maxScanGb: undefined,
      readArchived: false,
      ...options.settings,
    },
    engine: duckDbEngine({ folder: resultsFolder }),
    objects: fileObjects,
    queue: new MemoryQueue(),
    deadLetters: new MemoryQueue(),
    meter: silentMeter,
    cursors: memoryCursors(),
    invokeSelf: (event) => Promise.resolve(void invocations.push(event)),
    clock: new FakeClock(),
    log: new MemoryLog(),
    pageBytes: 64 * 1024,
    parallelBatches: 4,
    invocations,
  };
}
