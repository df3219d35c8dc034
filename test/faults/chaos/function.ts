import { pathToFileURL } from 'node:url';
import type { SQSRecord } from 'aws-lambda';
import type { GranuleHandler } from '../../../lambdas/granule-handler.js';
import type { LocalQueue } from '../../../local/queue/local-queue.js';
import type { VirtualClock } from './clock.js';
import type { ChaosLedger, Ending } from './ledger.js';
import { Network } from './network.js';

/** The default of timeout_seconds. */
export const FUNCTION_SECONDS = 60;
const CONCURRENCY = 10;
const BATCH_SIZE = 10;

/** One execution environment. */
interface Container {
  readonly handler: GranuleHandler;
  readonly network: Network;
  readonly kill: (ending: Ending) => void;
  readonly killed: Promise<Ending>;
}

export interface FunctionOptions {
  /** Path of the bundled pipeline.ts. */
  readonly file: string;
  readonly queue: LocalQueue;
  readonly ledger: ChaosLedger;
  readonly clock: VirtualClock;
}

/**
 * Works like a function of Lambda with its event source mapping: a container processes one batch at a time, and is
 * killed when it runs into the timeout. The messages of an invocation that did not return stay hidden for the queue's
 * visibility timeout.
 */
export class LambdaFunction {
  private readonly idle: Container[] = [];
  private readonly busy = new Map<Container, readonly SQSRecord[]>();
  private starting = 0;
  private started = 0;

  constructor(private readonly options: FunctionOptions) {}

  get isBusy(): boolean {
    return this.busy.size + this.starting > 0;
  }

  /** Receives batches while there are messages and containers, and starts their invocations. */
  async poll(): Promise<void> {
    while (this.busy.size < CONCURRENCY) {
      const records = this.options.queue.receive(BATCH_SIZE);
      if (records.length === 0) return;
      this.starting += 1;
      const container = this.idle.pop() ?? (await this.start());
      this.starting -= 1;
      void this.invoke(container, records);
    }
  }

  /** Kills a container in the middle of its invocation. Returns false if none is at work. */
  strike(): boolean {
    const [victim] = this.busy.keys();
    victim?.kill('killed');
    return victim !== undefined;
  }

  /** Kills the container that processes a message. */
  strikeAt(granuleId: string): void {
    for (const [container, records] of this.busy) {
      if (records.some(({ body }) => body.includes(granuleId))) container.kill('killed');
    }
  }

  /** A container has its own copy of all modules, thus its own clients, tokens and connections. */
  private async start(): Promise<Container> {
    this.started += 1;
    const url = `${pathToFileURL(this.options.file).href}?container=${this.started}`;
    const load = () => import(url) as Promise<{ readonly handler: GranuleHandler }>;
    const { handler } = await this.options.clock.standStill(load);
    const network = new Network();
    let end: (ending: Ending) => void = () => undefined;
    const killed = new Promise<Ending>((resolve) => {
      end = resolve;
    });
    const kill = (ending: Ending): void => {
      network.cut();
      end(ending);
    };
    return { handler, network, kill, killed };
  }

  private async invoke(container: Container, records: readonly SQSRecord[]): Promise<void> {
    const { ledger, queue } = this.options;
    const invocation = ledger.began(records);
    this.busy.set(container, records);
    const { ending, failedIds } = await outcomeOf(container, records);
    this.busy.delete(container);
    if (ending === 'returned' || ending === 'threw') this.idle.push(container);
    ledger.ended(invocation, ending);
    if (failedIds === undefined) return;
    for (const { messageId, receiptHandle } of records) {
      if (!failedIds.includes(messageId)) queue.delete(receiptHandle);
    }
  }
}

interface InvocationOutcome {
  readonly ending: Ending;
  /** undefined if the invocation failed as a whole. */
  readonly failedIds?: readonly string[];
}

async function outcomeOf(
  { handler, network, kill, killed }: Container,
  records: readonly SQSRecord[],
): Promise<InvocationOutcome> {
  const deadline = Date.now() + FUNCTION_SECONDS * 1000;
  const getRemainingTimeInMillis = (): number => deadline - Date.now();
  const context = { awsRequestId: 'chaos', getRemainingTimeInMillis };
  const timer = setTimeout(() => {
    kill('timed-out');
  }, FUNCTION_SECONDS * 1000);
  const returned = network
    .within(() => handler({ Records: [...records] }, context))
    .then(
      ({ batchItemFailures }): InvocationOutcome => ({
        ending: 'returned',
        failedIds: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
      }),
      (): InvocationOutcome => ({ ending: 'threw' }),
    );
  try {
    return await Promise.race([returned, killed.then((ending) => ({ ending }))]);
  } finally {
    clearTimeout(timer);
  }
}
