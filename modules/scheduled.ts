import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { partitionOf } from './arn.js';
import { Backfill } from './backfill.js';
import { Inventory } from './inventory.js';
import type { PipelineFunction } from './pipeline-function.js';
import { historicFunction, verifyFunction } from './pipeline-functions.js';
import type { PipelineParts } from './pipeline-functions.js';
import { Schedules } from './schedules.js';
import { terraformText } from './terraform-text.js';
import type { WatchedDeadLetters } from './watch.js';

/** What runs by the clock, and what has to be watched of it. */
export interface Scheduled {
  readonly functions: readonly PipelineFunction[];
  readonly deadLetters: readonly WatchedDeadLetters[];
}

interface ScheduledParts extends PipelineParts {
  /** What has to exist before anything runs. */
  readonly after: ITerraformDependable[];
}

type Timed = ScheduledParts & { readonly schedules: Schedules };

const NOTHING: Scheduled = { functions: [], deadLetters: [] };
const VERIFY_MINUTES = 15;

/** The backfill, where there is an inventory, and the verification, where the config wants it. */
export function addScheduled(scope: Construct, parts: ScheduledParts): Scheduled {
  const { names, code } = parts;
  if (!code.historic && !code.verify) return NOTHING;
  const schedules = new Schedules(scope, 'schedules', {
    group: names.scheduleGroup,
    role: names.scheduleRole,
    deadLetters: names.scheduleDeadLetters,
  });
  const timed = { ...parts, schedules };
  const added = [addBackfill(scope, timed), addVerification(scope, timed)];
  return {
    functions: added.flatMap(({ functions }) => functions),
    deadLetters: [scheduleLetters(schedules), ...added.flatMap(({ deadLetters }) => deadLetters)],
  };
}

function addBackfill(scope: Construct, parts: Timed): Scheduled {
  const { config, names, code, schedules, after } = parts;
  const { inventory_location: location, inventory_format: format } = config;
  if (location === undefined || code.historic === undefined) return NOTHING;
  const inventory = new Inventory(scope, 'inventory', {
    names,
    location,
    format,
    fields: config.inventory_fields,
    maxScanGb: config.max_scan_gb,
    requesterPays: config.requester_pays,
    partition: partitionOf(config.region),
  });
  const historic = historicFunction(scope, { ...parts, inventory, historic: code.historic });
  const { failures: queue } = new Backfill(scope, 'backfill', {
    function: historic,
    onFailureQueue: names.functions.historic.onFailureQueue,
    schedules,
    scheduleNames: names.schedules,
    frequencyHours: config.historic_frequency ?? 0,
    source: { inventory_location: terraformText(location), inventory_format: format },
    after,
  });
  const description = 'Runs of the backfill that failed for good';
  return {
    functions: [historic],
    deadLetters: [{ subject: 'historic-on-failure', queue, description }],
  };
}

function addVerification(scope: Construct, parts: Timed): Scheduled {
  const { names, code, schedules, after } = parts;
  if (code.verify === undefined) return NOTHING;
  const verify = verifyFunction(scope, { ...parts, verify: code.verify });
  const { deadLetters: queue, ready } = verify.keepFailures(names.functions.verify.onFailureQueue);
  schedules.invoke('verify', {
    name: names.schedules.verify,
    description: 'Asks the ingestor what became of the Items that it took',
    every: { count: VERIFY_MINUTES, unit: 'minute' },
    function: verify,
    event: {},
    after: [ready, ...after],
  });
  const description = 'Verifications that failed for good';
  return {
    functions: [verify],
    deadLetters: [{ subject: 'verify-on-failure', queue, description }],
  };
}

function scheduleLetters({ deadLetters: queue }: Schedules): WatchedDeadLetters {
  const description = 'Schedules that could not invoke their function';
  return { subject: 'schedule-dead-letters', queue, description };
}
