import { randomUUID } from 'node:crypto';

import { BACKFILL_ATTRIBUTE, backfillOf } from '../lambdas/queue/attributes.js';
import type { CollectionHandler } from '../lambdas/collection-handler.js';
import { describeCollection, postLocalCollection } from './run/collection-post.js';
import type { Container } from './container/pool.js';
import type { ContainerSettings } from './container/protocol.js';
import { runEventSource } from './queue/event-source.js';
import { type Feed, messageFeed, type MessageInput } from './input/message-feed.js';
import { writeRunPage } from './page/page.js';
import { messageLine, stackPrinter, startProgress, type Terminal } from './run/progress.js';
import { LocalQueue } from './queue/local-queue.js';
import { type RunTarget, type Endpoints, startEndpoints } from './run/endpoints.js';
import { postedText } from './run/beginning.js';
import { startContainers } from './run/start-containers.js';
import { RunFolder } from './run/folder.js';
import { RunLedger } from './run/ledger.js';
import type { RunKey } from './run/state.js';
import { failureCount, type RunSummary } from './run/summary.js';

export interface LocalRunOptions {
  readonly pipeline: string;
  readonly collection: CollectionHandler;
  readonly input: MessageInput;
  /** Identifies the input, so that a later run knows whether it can resume this one. */
  readonly inputName: string;
  /** @see RunKey.basis @default nothing else */
  readonly basis?: RunKey['basis'];
  readonly target: RunTarget;
  readonly folder: string;
  readonly fresh: boolean;
  readonly limit?: number | undefined;
  /** Number of worker threads. */
  readonly concurrency: number;
  readonly batchSize: number;
  /** Path of container.ts compiled to JavaScript. */
  readonly containerFile: string;
  readonly settings: Omit<ContainerSettings, 'ingestorUrl' | 'secret' | 'token' | 'reportItems'>;
  readonly terminal: Terminal;
  /** Whether stacks of errors that were not thrown on purpose are printed to the terminal. @default false */
  readonly debug?: boolean;
  /** Aborted by Ctrl-C. In-flight messages are finished. */
  readonly signal: AbortSignal;
}

interface Run {
  readonly options: LocalRunOptions;
  readonly folder: RunFolder;
  readonly endpoints: Endpoints;
  readonly ledger: RunLedger;
  readonly queue: LocalQueue;
  readonly feed: Feed;
  readonly isStopped: () => boolean;
}

/**
 * Runs a pipeline on this machine with a local queue, containers and, by default, a local ingestor. Items and dead
 * letters are written to the folder. Throws OutputError if that fails, and InputError.
 */
export async function runLocally(options: LocalRunOptions): Promise<RunSummary> {
  const { folder: path, inputName: input, basis = {}, fresh, target, terminal } = options;
  const started = Date.now();
  const onRestart = (text: string): void => {
    terminal.write(`${text}${postedText(target)}\n`);
  };
  const folder = new RunFolder({ path, input, basis, fresh, onRestart });
  await folder.load();
  const endpoints = await startEndpoints(target, folder);
  try {
    const run = prepare(options, folder, endpoints);
    const collectionFault = await postLocalCollection(options.collection, endpoints, {
      store: folder,
      warn: (message, fields) => {
        run.ledger.note(message, fields);
      },
    });
    await workThrough(run);
    return finish(run, { collectionFault, started });
  } finally {
    await endpoints.close();
  }
}

function prepare(options: LocalRunOptions, folder: RunFolder, endpoints: Endpoints): Run {
  const { maxReceiveCount, timeoutSeconds } = options.settings;
  const { debug, terminal, limit } = options;
  const ledger = new RunLedger(folder, debug ? stackPrinter(terminal) : undefined);
  const isStopped = (): boolean => options.signal.aborted || ledger.hasFault;
  const queue = new LocalQueue({
    // Longer than the timeout of a container, so that no message is processed twice at the same time.
    visibilityTimeoutSeconds: timeoutSeconds + 30,
    maxReceiveCount,
    deadLetters: {
      send: (body, { messageId = randomUUID(), attributes: sent } = {}) => {
        const reason = `no recorded reason: the function was killed or timed out ${maxReceiveCount} times`;
        const attributes = { ...sent, error: 'NoReason', reason };
        ledger.take({ type: 'dead', messageId, body, attributes }, queue);
        ledger.settle({ body, isBackfill: sent?.[BACKFILL_ATTRIBUTE] !== undefined });
        return messageId;
      },
    },
  });
  const wasDone = (body: string): boolean => folder.wasDone(body);
  const feed = messageFeed({ queue, limit, wasDone, isStopped, report: ledger.report });
  return { options, folder, endpoints, ledger, queue, feed, isStopped };
}

const FLUSH_EVERY_MS = 50;

async function workThrough(run: Run): Promise<void> {
  const { options, ledger, feed } = run;
  const containers = containersOf(run);
  const progress = startProgress({ terminal: options.terminal, lineOf: messageLine });
  const ticker = setInterval(() => {
    ledger.flush();
    progress.update(progressOf(run));
  }, FLUSH_EVERY_MS);
  try {
    const fed = feed.run(options.input).catch((error: unknown) => {
      ledger.fail(error);
    });
    await Promise.all([fed, drain(run, containers)]);
  } finally {
    clearInterval(ticker);
    progress.end();
    await Promise.all(containers.map((container) => container.stop()));
  }
  ledger.flush();
  ledger.throwFault();
}

function containersOf(run: Run): Container[] {
  const { options, endpoints } = run;
  const { concurrency: count, target } = options;
  const reportItems = target.kind !== 'local';
  const settings = { ...options.settings, ...endpoints.access, reportItems };
  return startContainers({ ...options, count, settings }, run);
}

async function drain(
  { options, ledger, queue, feed, isStopped }: Run,
  containers: readonly Container[],
): Promise<void> {
  await runEventSource({
    queue,
    handlers: containers.map((container) => ({
      invoke: (records) => {
        ledger.receive(records);
        return container.invoke(records);
      },
    })),
    isStopped,
    batchSize: options.batchSize,
    isComplete: () => feed.counts.isComplete,
    onAcknowledged: ({ body, messageAttributes }) => {
      ledger.settle({ body, isBackfill: backfillOf({ messageAttributes }) !== undefined });
    },
    onFunctionError: (error) => {
      ledger.warnOf(error);
    },
  });
}

function progressOf({ ledger, feed, folder }: Run) {
  const { sent, isComplete } = feed.counts;
  const total = isComplete ? sent : undefined;
  return { done: ledger.counts.settled, total, failed: failureCount(folder) };
}

interface Ending {
  readonly collectionFault: string | undefined;
  readonly started: number;
}

function finish(run: Run, { collectionFault, started }: Ending): RunSummary {
  const { options, folder, ledger, feed, queue } = run;
  const { isComplete, isCutShort } = feed.counts;
  const isInterrupted = options.signal.aborted && (isCutShort || !isComplete || !queue.isEmpty);
  const summary: RunSummary = {
    ...ledger.counts,
    ...ledger.input,
    folder: options.folder,
    items: folder.itemCount,
    doneBefore: feed.counts.skipped,
    failures: folder.failures,
    isDryRun: options.target.kind === 'dry-run',
    seconds: (Date.now() - started) / 1000,
    isInterrupted,
    collectionFault,
  };
  writeRunPage(folder, describeCollection(options.collection, options.pipeline), summary);
  folder.close(isInterrupted ? 'interrupted' : 'finished');
  ledger.close();
  return summary;
}
