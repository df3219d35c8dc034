import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_RECEIVE_COUNT } from '../../../lambdas/granule/outcome.js';
import { LocalQueue } from '../../../local/queue/local-queue.js';
import { virtualClock, type VirtualClock } from './clock.js';
import { FUNCTION_SECONDS, LambdaFunction } from './function.js';
import { chaosMessages } from './granules.js';
import { MINUTE_MS } from './kinds.js';
import { ChaosLedger, type ChaosSummary } from './ledger.js';
import { Network } from './network.js';
import { startServices } from './services.js';
import { weatherOf, type InjectedFault } from './weather.js';

export interface ChaosOptions {
  readonly seed: number;
  /** Path of the bundled pipeline.ts. */
  readonly file: string;
}

/** Minutes after which a run ends although messages are still waiting. */
const LONGEST_MINUTES = 240;
const TICK_MS = 500;
/** As deployed: six times the timeout of the function. */
const VISIBILITY_SECONDS = 6 * FUNCTION_SECONDS;

/**
 * Sends messages through the deployed handler while everything that it talks to fails, hangs or is down for a time.
 * Replaces the clock, the environment and the network of this process, so a process can do it once.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosSummary> {
  const started = process.hrtime.bigint();
  Network.watch();
  const clock = virtualClock(options.seed);
  const summary = await clock.run(() => run(options, clock));
  return { ...summary, seconds: Number(process.hrtime.bigint() - started) / 1e9 };
}

async function run(
  { seed, file }: ChaosOptions,
  clock: VirtualClock,
): Promise<Omit<ChaosSummary, 'seconds'>> {
  const started = Date.now();
  const elapsedMs = (): number => Date.now() - started;
  const [unsent, weather] = [chaosMessages(seed), weatherOf(seed)];
  const ledger = new ChaosLedger(unsent);
  const deadLetters = new LocalQueue({ name: 'dead-letters' });
  const queue = new LocalQueue({
    name: 'granules',
    visibilityTimeoutSeconds: VISIBILITY_SECONDS,
    maxReceiveCount: MAX_RECEIVE_COUNT,
    deadLetters,
  });
  const fn = new LambdaFunction({ file, queue, ledger, clock });
  const services = await startServices({
    seed,
    weather,
    elapsedMs,
    queues: { granules: queue, deadLetters },
    onFault: (fault: InjectedFault) => {
      ledger.injected(fault);
    },
    onItem: (id) => {
      ledger.posted(id);
    },
    onKiller: (id) => {
      fn.strikeAt(id);
    },
  });
  Object.assign(process.env, services.env);
  const kills = [...weather.killsAtMs];
  do {
    while ((unsent[0]?.atMs ?? Infinity) <= elapsedMs()) queue.send(unsent.shift()?.body ?? '');
    await fn.poll();
    await sleep(TICK_MS);
    if ((kills[0] ?? Infinity) > elapsedMs() || !fn.strike()) continue;
    kills.shift();
    ledger.killed();
  } while (
    (unsent.length > 0 || !queue.isEmpty || fn.isBusy) &&
    elapsedMs() < LONGEST_MINUTES * MINUTE_MS
  );
  for (const record of deadLetters.receive(Infinity)) ledger.died(record);
  await services.close();
  const waiting = queue.visibleCount + queue.hiddenCount;
  return ledger.summary(weather, { waiting, minutes: elapsedMs() / MINUTE_MS });
}
