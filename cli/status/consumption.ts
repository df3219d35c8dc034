import { BREAKER } from '../../lambdas/hold/hold-row.js';
import { isOff } from '../../lambdas/hold/mapping.js';
import type { Consumption } from '../shared/consumption.js';
import { holdText } from '../shared/hold-text.js';
import { counted, duration, shortTime } from '../shared/table.js';
import type { QueueStatus } from './queues.js';

/** What is known about the consumption of a granule queue. */
export interface ConsumptionSubject {
  readonly pipeline: string;
  /** Undefined if it could not be read. */
  readonly consumption: Consumption | undefined;
  /** Undefined if it could not be read. */
  readonly queue: QueueStatus | undefined;
  readonly maxAgeMinutes: number;
}

type Consumed = Pick<ConsumptionSubject, 'consumption' | 'queue'>;

const DAY_MS = 86_400_000;
/** From the fifth day of a hold on, status says what the queue is about to delete. */
const WARN_AFTER_MS = 4 * DAY_MS;

/** What needs attention, one sentence each. */
export function consumptionTexts(subject: ConsumptionSubject, now: number): string[] {
  return [...stoppedTexts(subject), ...lossTexts(subject, now), ...ageTexts(subject)];
}

/** One line for the terminal. */
export function consumptionLine({ mapping, hold }: Consumption): string {
  const isHeld = hold !== undefined && (isOff(mapping) || hold.by === BREAKER);
  if (isHeld) return `Consumption: held ${holdText(hold)}`;
  return `Consumption: ${isOff(mapping) ? 'off' : 'on'}`;
}

function stoppedTexts({ pipeline, consumption }: ConsumptionSubject): string[] {
  if (consumption === undefined) return [];
  const { mapping, hold } = consumption;
  const release = `npm run release -- ${pipeline}`;
  if (hold === undefined) {
    if (!isOff(mapping)) return [];
    return [
      `consumption is off without a hold: the event source mapping ${mapping.id} was disabled by hand; ${release} enables it`,
    ];
  }
  if (hold.by === BREAKER)
    return [
      `consumption is held ${holdText(hold)}; it goes on when a post succeeds, or with ${release}`,
    ];
  if (isOff(mapping)) return [`consumption is held ${holdText(hold)}; to go on: ${release}`];
  return [
    `consumption is on, although it was held ${holdText(hold)}: npm run hold -- ${pipeline} holds it again, ` +
      `${release} removes the record`,
  ];
}

/** SQS deletes messages at the end of the retention, also those that no one could take. */
function lossTexts({ consumption, queue }: Consumed, now: number): string[] {
  if (!consumption?.hold || !queue || !isExpiring({ consumption, queue }, now)) return [];
  const { retentionSeconds, oldestSeconds } = queue;
  const waiting = waitingIn(queue);
  const since = Date.parse(consumption.hold.since);
  const oldest = oldestSeconds === undefined ? since : now - oldestSeconds * 1000;
  const at = oldest + retentionSeconds * 1000;
  const when = at <= now ? 'now' : `from ${shortTime(new Date(at).toISOString())} on`;
  return [
    `the queue keeps messages for ${counted(Math.floor(retentionSeconds / 86_400), 'day')}: SQS deletes the oldest of ` +
      `${counted(waiting, 'waiting message')} ${when}`,
  ];
}

/** Whether a hold has lasted so long that SQS is about to delete what waits. */
export function isExpiring({ consumption, queue }: Consumed, now: number): boolean {
  if (!consumption?.hold || !queue || !isOff(consumption.mapping)) return false;
  return now - Date.parse(consumption.hold.since) >= WARN_AFTER_MS && waitingIn(queue) > 0;
}

function waitingIn({ visible, inFlight, delayed }: QueueStatus): number {
  return visible + inFlight + delayed;
}

/** Whether the oldest message of a queue has waited for more than max_age_minutes. */
export function isTooOld({ oldestSeconds = 0 }: QueueStatus, maxAgeMinutes: number): boolean {
  return oldestSeconds > maxAgeMinutes * 60;
}

function ageTexts({ queue, maxAgeMinutes }: ConsumptionSubject): string[] {
  if (queue === undefined || !isTooOld(queue, maxAgeMinutes)) return [];
  return [
    `the oldest message has waited for ${duration(queue.oldestSeconds ?? 0)}, more than max_age_minutes (${maxAgeMinutes})`,
  ];
}
