import { chunkName } from '../../lambdas/backfill/run.js';
import { NO_COUNTS } from '../../lambdas/backfill/counts.js';
import { systemClock } from '../../lambdas/runtime/clock.js';
import { memoryCursors } from '../../lambdas/backfill/cursor-table.js';
import { firstChunk, sourceOf, type BackfillSettings } from '../../lambdas/backfill/settings.js';
import { newBackfill, type BackfillCursor } from '../../lambdas/backfill/cursor.js';
import { silentMeter } from '../../lambdas/runtime/metrics.js';
import { silentLog, type Log } from '../../lambdas/runtime/log.js';
import { cutReason } from '../../lambdas/runtime/unexpected.js';
import type { MessageQueue } from '../../lambdas/queue/queue.js';
import { countingRoundTrips, noRoundTrips, roundTripText } from '../../local/input/round-trip.js';
import { unlimitedQueue } from '../../local/input/unlimited-queue.js';
import { refusedOutcome, runBackfill } from '../../local/inventory/run-backfill.js';
import { LOCAL_PACE } from '../../local/inventory/input.js';
import type { ActionOptions, ActionResult } from './action.js';
import { chosenChunk, type BackfillTarget } from './target.js';
import { estimateScan, estimateText, inventoryFor } from './cost.js';
import { checkWhere } from './where.js';
import { costFrom, wholeCostText } from './whole-cost.js';
import { stackPrinter } from '../../local/run/progress.js';
import { isDebug } from '../shared/command.js';
import { counted, printable } from '../shared/table.js';

const SHOWN = 5;
const WIDTH = 200;
const GOOD_OUTCOMES: readonly string[] = ['chunk-done', 'complete'];

/** Runs the backfill of one chunk with a queue that only counts and a cursor in memory. */
export async function dryRun(
  target: BackfillTarget,
  options: ActionOptions,
): Promise<ActionResult> {
  const { settings, before } = await settingsOfRun(target, options);
  await checkWhere(options.where, settings.inventory);
  const estimate = await estimateScan(target, settings.inventory);
  options.say(estimateText(estimate, target));
  const first: string[] = [];
  const refused: string[] = [];
  const trips = noRoundTrips();
  const queue = countingRoundTrips(countingQueue(first), await target.app(), trips);
  const cursors = memoryCursors();
  if (options.where !== undefined) {
    await cursors.write(conditional(settings, options.where), undefined);
  }
  const { outcome, counts, message } = await runBackfill(target.historic, {
    settings,
    engine: target.engine,
    objects: target.objects,
    clock: systemClock,
    queue,
    deadLetters: countingQueue([]),
    cursors,
    log: refusals(refused),
    meter: silentMeter,
    ...LOCAL_PACE,
    parallelBatches: 1,
    isStopped: options.isStopped,
  }).catch((error: unknown) => refusedOutcome(error, cursors));
  const { pipeline } = target;
  const { rows, sent, skipped, refused: faults, archived = 0 } = counts ?? NO_COUNTS;
  const chunk = settings.initialChunk;
  const lost = roundTripText(trips);
  const whole = costFrom(target, estimate, {
    from: chunk,
    to: chosenChunk(options.to, target, '--to'),
    max: options.chunks,
    before,
    ...(GOOD_OUTCOMES.includes(outcome) && { perChunk: sent }),
  });
  return {
    lines: [
      `${pipeline}: dry run of ${chunkName(chunk)}, nothing was sent`,
      `  ${counted(rows, 'row')}: ${counted(sent, 'message')} would be sent, ${counted(skipped, 'row')} skipped, ${counted(faults, 'row')} refused`,
      ...(archived > 0 ? [`  ${counted(archived, 'archived object')} left out`] : []),
      ...(outcome === 'chunk-done' && rows === 0
        ? ['  the inventory has no rows for this chunk']
        : []),
      ...listed('first messages', first),
      ...listed('refused', refused),
      ...(lost === undefined ? [] : [`  ${lost}`]),
      ...listed('messages that name no granule', trips.faults),
      ...(whole === undefined
        ? []
        : [`  if all chunks are like this one, ${wholeCostText(whole, target)}`]),
      ...(outcome === 'handed-over' ? ['  stopped early'] : []),
      ...(outcome === 'empty' || outcome === 'failed' ? [`  ${message}`] : []),
    ],
    json: {
      pipeline,
      outcome,
      chunk,
      counts,
      messages: first,
      refused,
      roundTrips: trips,
      cost: whole,
    },
    exitCode: lost === undefined && faults === 0 && GOOD_OUTCOMES.includes(outcome) ? 0 : 1,
  };
}

/** Settings for the given chunk or else the current one, and for the report that a start would read. */
async function settingsOfRun(
  target: BackfillTarget,
  { chunk: given, from }: ActionOptions,
): Promise<{ readonly settings: BackfillSettings; readonly before: BackfillCursor | undefined }> {
  const { settings } = target;
  const cursor = (await target.cursors.read())?.cursor;
  const before = cursor?.source === sourceOf(settings) ? cursor : undefined;
  const chosen = chosenChunk(given, target) ?? chosenChunk(from, target, '--from');
  const chunk = chosen ?? before?.chunk ?? firstChunk(settings);
  const inventory = inventoryFor(target, before);
  const run = { ...settings, inventory, initialChunk: chunk, maxQueueDepth: undefined };
  return { settings: run, before };
}

/** A cursor whose query has the condition of --where. */
function conditional(settings: BackfillSettings, where: string): BackfillCursor {
  const begin = { source: sourceOf(settings), chunk: firstChunk(settings), now: Date.now() };
  return { ...newBackfill(begin), range: { count: 1, where } };
}

function countingQueue(first: string[]): MessageQueue {
  return unlimitedQueue((messages) => {
    first.push(...messages.slice(0, SHOWN - first.length).map(({ body }) => body));
    return Promise.resolve([]);
  });
}

function refusals(into: string[]): Log {
  const printStack = stackPrinter(process.stderr);
  return {
    ...silentLog,
    error: (_, { key, reason, stack } = {}) => {
      if (isDebug(process.env) && typeof stack === 'string') printStack(stack);
      if (into.length >= SHOWN || typeof key !== 'string') return;
      into.push(`${key}: ${typeof reason === 'string' ? reason : ''}`);
    },
  };
}

function listed(title: string, values: readonly string[]): string[] {
  if (values.length === 0) return [];
  const lines = values.map((value) => `    ${cutReason(printable(value), WIDTH)}`);
  return [`  ${title}:`, ...lines];
}
