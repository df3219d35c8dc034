import { BREAKER } from '../../lambdas/hold/hold-row.js';
import { isOff } from '../../lambdas/hold/mapping.js';
import { counted, duration, shortTime } from '../shared/table.js';
import { backfillTexts } from './backfill.js';
import { isExpiring, isTooOld } from './consumption.js';
import { valueOf } from './part.js';
import { lettersOf, unreachableOf, type PipelineStatus } from './pipeline-status.js';
import { unverifiedText } from './verification.js';

/** What needs attention of a pipeline, a few words each: one for every kind of sentence of attentionOf. */
export function briefOf(status: PipelineStatus, now = Date.now()): string[] {
  const letters = lettersOf(status);
  const unreached = [
    ...unreachableOf(status),
    ...status.events.flatMap(({ title, queue }) => ('error' in queue ? [title] : [])),
  ];
  return [
    ...expiryOf(status, now),
    ...consumptionOf(status),
    ...functionsOf(status),
    ...(letters.granules > 0 ? [counted(letters.granules, 'dead letter')] : []),
    ...(letters.events > 0 ? [counted(letters.events, 'failed event')] : []),
    ...ingestorOf(status),
    ...ageOf(status),
    ...backfillOf(status, now),
    ...verificationOf(status, now),
    ...(unreached.length > 0 ? [`not reached: ${unreached.join(', ')}`] : []),
  ];
}

function expiryOf(status: PipelineStatus, now: number): string[] {
  const [consumption, queue] = [valueOf(status.consumption), valueOf(status.queue)];
  return isExpiring({ consumption, queue }, now) ? ['SQS deletes messages soon'] : [];
}

function consumptionOf({ consumption }: PipelineStatus): string[] {
  const found = valueOf(consumption);
  if (found === undefined) return [];
  const { mapping, hold } = found;
  if (hold === undefined) return isOff(mapping) ? ['consumption is off'] : [];
  if (hold.by === BREAKER) return [`held by the breaker since ${shortTime(hold.since)}`];
  return [isOff(mapping) ? `held since ${shortTime(hold.since)}` : 'on, although it was held'];
}

function functionsOf({ functions }: PipelineStatus): string[] {
  const { old = [], inactive = [] } = valueOf(functions) ?? {};
  return [
    ...(old.length > 0 ? [`old code: ${old.map(({ role }) => role).join(', ')}`] : []),
    ...inactive.map(({ role, state }) => `${role} is ${state}`),
  ];
}

function ingestorOf({ ingestor }: PipelineStatus): string[] {
  const { failed = [], unseen } = valueOf(ingestor) ?? {};
  return [
    ...(failed.length > 0 ? [`${counted(failed.length, 'Item')} not loaded`] : []),
    ...(unseen === undefined ? [] : ['failed loads may be missing']),
  ];
}

function ageOf({ queue, maxAgeMinutes }: PipelineStatus): string[] {
  const found = valueOf(queue);
  return found !== undefined && isTooOld(found, maxAgeMinutes)
    ? [`waiting for ${duration(found.oldestSeconds ?? 0)}`]
    : [];
}

function backfillOf({ backfill }: PipelineStatus, now: number): string[] {
  const cursor = valueOf(backfill);
  if (cursor === undefined || backfillTexts(cursor, now).length === 0) return [];
  if (cursor.waitingFor !== undefined) return ['no inventory for 48 h'];
  return [cursor.stage === 'failed' ? 'backfill failed' : 'backfill found nothing'];
}

function verificationOf({ verification }: PipelineStatus, now: number): string[] {
  const run = valueOf(verification);
  if (unverifiedText(run, now).length === 0) return [];
  const overdue = run?.overdue ?? 0;
  return [overdue > 0 ? `${counted(overdue, 'Item')} not verified` : 'verification is late'];
}
