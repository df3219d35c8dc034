import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { Backfill } from '../constructs/backfill-triggers.js';
import { Inventory } from '../constructs/inventory.js';
import type { InventoryProps } from '../constructs/inventory.js';
import { CONSTRUCT_IDS } from '../config/construct-ids.js';
import type { PipelineNames } from '../config/names.js';
import type { FunctionCode } from '../constructs/function-code.js';
import type { PipelineFunction } from '../constructs/pipeline-function.js';
import { breakerFunction } from './breaker.js';
import type { QueueMapping } from './breaker.js';
import { historicFunction, verifyFunction } from './functions.js';
import type { BackfillParts, PipelineParts } from './functions.js';
import type { BackfillSettings } from './settings.js';
import { Schedules } from '../constructs/schedules.js';
import { terraformText } from '../constructs/tokens.js';
import type { MonitoredDeadLetters } from './monitoring.js';

/** Functions that schedules invoke, and their dead-letter queues. */
export interface Scheduled {
  readonly functions: readonly PipelineFunction[];
  readonly deadLetters: readonly MonitoredDeadLetters[];
  /** What the start of the backfill at deployment answered. Undefined unless the whole inventory is read at once. */
  readonly backfillOnDeploy?: string | undefined;
}

interface ScheduledParts extends PipelineParts {
  readonly mapping: QueueMapping;
  /** Resources that must exist before the first run. */
  readonly after: ITerraformDependable[];
}

type Timed = ScheduledParts & { readonly schedules: Schedules };

const NOTHING: Scheduled = { functions: [], deadLetters: [] };
const VERIFY_MINUTES = 15;

/** Adds the backfill if there is an inventory, the verification with verify_ingestion, the breaker with circuit_breaker. */
export function addScheduled(scope: Construct, parts: ScheduledParts): Scheduled {
  const { config, names, code } = parts;
  if (!code.historic && !code.verify && !code.breaker) return NOTHING;
  const schedules = new Schedules(scope, CONSTRUCT_IDS.schedules, {
    group: names.scheduleGroup,
    role: names.scheduleRole,
    deadLetters: names.scheduleDeadLetters,
    permissionsBoundary: config.permissions_boundary_arn,
  });
  const timed = { ...parts, schedules };
  const backfill = addBackfill(scope, timed);
  const added = [backfill, addVerification(scope, timed), addBreaker(scope, timed)];
  return {
    backfillOnDeploy: backfill.backfillOnDeploy,
    functions: added.flatMap(({ functions }) => functions),
    deadLetters: [
      scheduleDeadLetters(schedules),
      ...added.flatMap(({ deadLetters }) => deadLetters),
    ],
  };
}

function addBackfill(scope: Construct, parts: Timed): Scheduled {
  const { derived, code } = parts;
  if (derived.inventory === undefined || code.historic === undefined) return NOTHING;
  const { inventory: source, partition } = derived;
  const inventory = addInventory(scope, { ...parts, source, partition });
  return addHistoric(scope, { ...parts, inventory, historic: code.historic });
}

export interface HistoricParts extends BackfillParts {
  readonly inventory: Inventory;
  readonly historic: FunctionCode;
  readonly schedules: Schedules;
  readonly names: BackfillParts['names'] & Pick<PipelineNames, 'schedules'>;
  /** Resources that must exist before the first run. */
  readonly after: ITerraformDependable[];
}

/** Adds the table of an inventory. */
export function addInventory(
  scope: Construct,
  {
    config,
    ...props
  }: Pick<InventoryProps, 'names' | 'source' | 'partition'> & {
    readonly config: Pick<BackfillSettings, 'max_scan_gb' | 'requester_pays'>;
  },
): Inventory {
  const { names, source, partition } = props;
  return new Inventory(scope, 'inventory', {
    names,
    source,
    partition,
    maxScanGb: config.max_scan_gb,
    requesterPays: config.requester_pays,
  });
}

/** Adds the function that reads an inventory, and what starts it. */
export function addHistoric(scope: Construct, parts: HistoricParts): Scheduled {
  const { config, names, schedules, after } = parts;
  const historic = historicFunction(scope, parts);
  const { failures: queue, startedText: backfillOnDeploy } = new Backfill(
    scope,
    CONSTRUCT_IDS.backfill,
    {
      function: historic,
      onFailureQueue: names.functions.historic.onFailureQueue,
      schedules,
      scheduleNames: names.schedules,
      frequencyHours: config.historic_frequency ?? 0,
      source: {
        inventory_location: terraformText(config.inventory_location ?? ''),
        inventory_format: config.inventory_format,
      },
      after,
    },
  );
  const description = 'Runs of the backfill that failed for good';
  return {
    functions: [historic],
    deadLetters: [{ subject: 'historic-on-failure', queue, description }],
    backfillOnDeploy,
  };
}

function addVerification(scope: Construct, parts: Timed): Scheduled {
  const { names, code, schedules, after } = parts;
  if (code.verify === undefined) return NOTHING;
  const verify = verifyFunction(scope, { ...parts, verify: code.verify });
  const { deadLetters: queue, ready } = verify.addFailureDestination(
    names.functions.verify.onFailureQueue,
  );
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

/** A run that fails needs no queue: the next one does its work. */
function addBreaker(scope: Construct, parts: Timed): Scheduled {
  const { names, code, schedules, after } = parts;
  if (code.breaker === undefined) return NOTHING;
  const breaker = breakerFunction(scope, { ...parts, breaker: code.breaker });
  schedules.invoke('breaker', {
    name: names.schedules.breaker,
    description: 'Holds the queue while no post succeeds',
    every: { count: 1, unit: 'minute' },
    function: breaker,
    event: {},
    after,
  });
  return { functions: [breaker], deadLetters: [] };
}

function scheduleDeadLetters({ deadLetters: queue }: Schedules): MonitoredDeadLetters {
  const description = 'Schedules that could not invoke their function';
  return { subject: 'schedule-dead-letters', queue, description };
}
