import type { PipelineNames } from '../../../modules/config/names.js';

interface NameRule {
  readonly pattern: RegExp;
  readonly of: (names: PipelineNames) => readonly string[];
}

const functionsOf = (names: PipelineNames) => Object.values(names.functions);

/** Each kind of name with the pattern and length that AWS allows. */
export const KINDS: Readonly<Record<string, NameRule>> = {
  queue: {
    pattern: /^[\w-]{1,80}$/,
    of: (names) => [
      names.queue,
      names.deadLetters,
      names.subscriptionDeadLetters,
      names.scheduleDeadLetters,
      ...functionsOf(names).map(({ onFailureQueue }) => onFailureQueue),
    ],
  },
  function: {
    pattern: /^[\w-]{1,64}$/,
    of: (names) => functionsOf(names).map((one) => one.function),
  },
  role: {
    pattern: /^[\w+=,.@-]{1,64}$/,
    of: (names) => [...functionsOf(names).map(({ role }) => role), names.scheduleRole],
  },
  logGroup: {
    pattern: /^\/aws\/lambda\/[\w-]{1,64}$/,
    of: (names) => functionsOf(names).map((one) => one.logGroup),
  },
  schedule: { pattern: /^[\w.-]{1,64}$/, of: (names) => Object.values(names.schedules) },
  scheduleGroup: { pattern: /^[\w.-]{1,64}$/, of: (names) => [names.scheduleGroup] },
  table: { pattern: /^[\w.-]{3,255}$/, of: (names) => [names.stateTable] },
  bucket: {
    pattern: /^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
    of: (names) => [names.resultsBucket],
  },
  workgroup: { pattern: /^[\w.-]{1,128}$/, of: (names) => [names.workgroup] },
  database: { pattern: /^[a-z][a-z0-9_]{0,254}$/, of: (names) => [names.database] },
  dashboard: { pattern: /^[\w-]{1,255}$/, of: (names) => [names.dashboard] },
  alarm: {
    pattern: /^[\w.-]{1,255}$/,
    of: (names) => [names.alarm('dead-letters'), names.alarm('subscription-dead-letters')],
  },
};
