import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_RECEIVE_COUNT } from '../../../lambdas/granule/outcome.js';
import { tokenIssuer } from '../../../local/token/issuer.js';
import { runEventSource } from '../../../local/queue/event-source.js';
import { seededRandom } from '../../../local/http/faults.js';
import { startLocalIngestor, type LocalIngestor } from '../../../local/ingestor/local-ingestor.js';
import { LocalQueue } from '../../../local/queue/local-queue.js';
import { handleTokenRequest, memoryTokenStore } from '../../../local/container/shared-token.js';
import { startTokenEndpoint } from '../../../local/token/endpoint.js';
import { benchFaults, tokenFaults } from './faults.js';
import { FaultBenchLedger, type BenchSummary } from './ledger.js';
import { benchMessages, type BenchMessage } from './messages.js';
import { WorkerProcess } from './process.js';
import type { WorkerCall, WorkerSettings } from './protocol.js';
import { watchedTokens, type WatchedTokens } from './tokens.js';

export interface FaultBenchOptions {
  readonly count: number;
  readonly kills: number;
  readonly seed: number;
  /** Path of the bundled worker.ts. */
  readonly workerFile: string;
  readonly onProgress?: (settled: number) => void;
}

const WORKERS = 2;
/** Number of batches that one worker processes at a time. */
const LANES = 6;
const BATCH_SIZE = 10;
/** Timeout of an invocation. It leaves time to abandon a hanging request after HTTP_TIMEOUT_MS. */
const FUNCTION_SECONDS = 10;
const HTTP_TIMEOUT_MS = 1_000;
const RETRY_DELAY_SECONDS = 0.2;
const TOKEN_SECONDS = 8;
const REVOCATIONS = 2;
const MAX_KILL_DELAY_MS = 150;

/** Sends messages through the handler while its services fail and its processes are killed. Nothing may be lost. */
export async function runFaultBench(options: FaultBenchOptions): Promise<BenchSummary> {
  const { count, seed } = options;
  const messages = benchMessages(count, seed);
  const ledger = new FaultBenchLedger(messages);
  const tokens = watchedTokens(tokenIssuer('bench'));
  const endpoint = await startTokenEndpoint({
    issuer: tokens.issuer,
    lifetimeSeconds: TOKEN_SECONDS,
    faults: tokenFaults(seed),
  });
  const ingestor = await startLocalIngestor({
    checkToken: (token) => tokens.issuer.check(token),
    faults: benchFaults(seed, (name) => {
      ledger.fault(name);
    }),
    onItem: (id) => {
      ledger.posted(id);
    },
  });
  try {
    const bench = new FaultBench({ ...options, ledger, tokens, ingestor, secret: endpoint.secret });
    await bench.run(messages);
    return ledger.summary({ kills: bench.kills, tokens: tokens.counts });
  } finally {
    await Promise.all([endpoint.close(), ingestor.close()]);
  }
}

interface BenchParts extends FaultBenchOptions {
  readonly ledger: FaultBenchLedger;
  readonly tokens: WatchedTokens;
  readonly ingestor: LocalIngestor;
  readonly secret: WorkerSettings['secret'];
}

class FaultBench {
  kills = 0;
  private delivered = 0;
  private readonly queue: LocalQueue;
  private readonly workers: readonly WorkerProcess[];
  private readonly token = memoryTokenStore();
  private readonly random: () => number;
  /** Numbers of delivered messages at which an event is due, ascending. */
  private readonly killAt: number[];
  private readonly revokeAt: number[];

  constructor(private readonly parts: BenchParts) {
    const { kills, count, seed, ledger } = parts;
    // A kill counts as a receive of the messages in flight, although they did not fail.
    const maxReceiveCount = MAX_RECEIVE_COUNT + kills;
    this.random = seededRandom(seed + 1);
    this.killAt = momentsOf(kills, () => this.random() * count * 0.9);
    this.revokeAt = momentsOf(REVOCATIONS, () => this.random() * count);
    this.queue = new LocalQueue({
      visibilityTimeoutSeconds: FUNCTION_SECONDS * 6,
      maxReceiveCount,
      deadLetters: {
        send: (_, { messageId = '' } = {}) => {
          ledger.died(messageId, undefined);
          return messageId;
        },
      },
    });
    const settings = { ...this.settings(), maxReceiveCount };
    this.workers = Array.from(
      { length: WORKERS },
      () =>
        new WorkerProcess({
          file: parts.workerFile,
          settings,
          onCall: (call) => this.answer(call),
        }),
    );
  }

  async run(messages: readonly BenchMessage[]): Promise<void> {
    for (const { messageId, body } of this.deliveries(messages))
      this.queue.send(body, { messageId });
    const deadline = Date.now() + (60 + messages.length / 25) * 1000;
    const lanes = this.workers.flatMap((worker) => Array.from({ length: LANES }, () => worker));
    const { ledger, onProgress } = this.parts;
    await runEventSource({
      queue: this.queue,
      batchSize: BATCH_SIZE,
      handlers: lanes.map((worker) => ({
        invoke: (records) => {
          this.delivered += records.length;
          this.strike(worker);
          return worker.invoke(records);
        },
      })),
      isComplete: () => true,
      isStopped: () => Date.now() > deadline,
      onAcknowledged: ({ messageId }) => {
        ledger.acknowledged(messageId);
        onProgress?.(ledger.settledCount);
      },
    });
    await Promise.all(this.workers.map((worker) => worker.kill()));
  }

  private settings(): Omit<WorkerSettings, 'maxReceiveCount'> {
    return {
      ingestorUrl: this.parts.ingestor.url,
      secret: this.parts.secret,
      retryDelaySeconds: RETRY_DELAY_SECONDS,
      functionSeconds: FUNCTION_SECONDS,
      httpTimeoutMs: HTTP_TIMEOUT_MS,
    };
  }

  /** Half of the duplicates are in the same batch as the original, the others anywhere. */
  private deliveries(messages: readonly BenchMessage[]): { messageId: string; body: string }[] {
    const deliveries = messages.map(({ id, body }) => ({ messageId: id, body }));
    for (const { id, body } of messages.filter(({ copies }) => copies === 2)) {
      const first = deliveries.findIndex(({ messageId }) => messageId === id);
      const at = this.random() < 0.5 ? first + 1 : this.random() * deliveries.length;
      deliveries.splice(Math.floor(at), 0, { messageId: `${id}#again`, body });
    }
    return deliveries;
  }

  /** Performs the kills and revocations that are due. */
  private strike(worker: WorkerProcess): void {
    const due = (moments: number[]): boolean => (moments[0] ?? Infinity) <= this.delivered;
    while (due(this.revokeAt)) {
      this.revokeAt.shift();
      this.parts.tokens.revoke();
    }
    if (!due(this.killAt)) return;
    this.killAt.shift();
    void this.killSoon(worker, this.random() * MAX_KILL_DELAY_MS);
  }

  private async killSoon(worker: WorkerProcess, delayMs: number): Promise<void> {
    await sleep(delayMs);
    this.kills += 1;
    await worker.kill();
  }

  private async answer(call: WorkerCall): Promise<unknown> {
    switch (call.kind) {
      case 'dead':
        this.parts.ledger.died(call.messageId, call.attributes['reason']);
        return true;
      case 'later':
        return this.queue.changeVisibility(call.receiptHandle, call.seconds);
      case 'token':
        return handleTokenRequest(this.token, call.request);
    }
  }
}

function momentsOf(count: number, moment: () => number): number[] {
  return Array.from({ length: count }, moment).toSorted((one, other) => one - other);
}
