import { CONSTRUCT_IDS } from '../config/construct-ids.js';
import type { Construct } from 'constructs';
import { GranuleQueue } from '../constructs/granule-queue.js';
import type { PipelineFunction } from '../constructs/pipeline-function.js';
import { appFunction, collectionFunction } from './functions.js';
import type { PipelineParts } from './functions.js';
import { RunOnDeploy } from '../constructs/run-on-deploy.js';
import { addScheduled } from './scheduled.js';
import { StateTable } from '../constructs/state-table.js';
import { terraformText } from '../constructs/tokens.js';
import { Monitoring } from './monitoring.js';
import type { MonitoredDeadLetters } from './monitoring.js';

/** Outputs of a stack or module: their values by name. */
export type PipelineOutputs = Readonly<Record<string, string>>;

/**
 * Adds one pipeline to a stack or module: state table, queue, functions, their triggers and monitoring.
 *
 * Constructs, by id: StateTable (`table`), GranuleQueue (`queue`), PipelineFunction (`app`, `collection`, `historic`,
 * `verify`, `breaker`), RunOnDeploy (`collection-on-deploy`), Schedules (`schedules`), Inventory (`inventory`), Backfill
 * (`backfill`) and Monitoring (`watch`).
 */
export function addPipeline(
  scope: Construct,
  given: Omit<PipelineParts, 'table' | 'queue'>,
): PipelineOutputs {
  const { config, derived, names } = given;
  const table = new StateTable(scope, 'table', { name: names.stateTable });
  const queue = addQueue(scope, given);
  const parts = { ...given, table, queue };
  const app = appFunction(scope, parts);
  const collection = collectionFunction(scope, parts);
  const posted = postOnDeploy(scope, { ...parts, collection });
  const mapping = queue.feed(app, {
    batchSize: config.batch_size,
    batchWindowSeconds: config.batch_window_seconds,
    maxConcurrency: config.max_concurrency,
    after: [posted.done],
  });
  const subscribed = subscribe(parts);
  const scheduled = addScheduled(scope, { ...parts, mapping, after: [posted.done] });
  const functions = [app, collection, ...scheduled.functions];
  const deadLetters = [granuleDeadLetters(queue), ...subscribed, ...scheduled.deadLetters];
  const monitoring = new Monitoring(scope, 'watch', {
    config,
    derived,
    names,
    queue,
    deadLetters,
    functions,
  });
  const { dashboardUrl } = monitoring;
  const { backfillOnDeploy } = scheduled;
  return outputsOf({ queue, functions, dashboardUrl, backfillOnDeploy });
}

type Given = Omit<PipelineParts, 'table' | 'queue'>;

function addQueue(scope: Construct, { config, names }: Given): GranuleQueue {
  return new GranuleQueue(scope, 'queue', {
    name: names.queue,
    deadLettersName: names.deadLetters,
    functionTimeoutSeconds: config.timeout_seconds,
    batchWindowSeconds: config.batch_window_seconds,
  });
}

/** Posts the Collection during the apply. It is posted again only if code or settings that shape it change. */
function postOnDeploy(
  scope: Construct,
  { collection, config, code, derived }: PipelineParts & { readonly collection: PipelineFunction },
): RunOnDeploy {
  return new RunOnDeploy(scope, CONSTRUCT_IDS.collectionOnDeploy, {
    function: collection,
    triggers: {
      code: code.collection.fingerprint,
      config: derived.collectionHash,
      ingestor_url: terraformText(config.ingestor_url),
    },
    event: {},
    after: [],
  });
}

function subscribe({ derived: { topic }, names, queue }: PipelineParts): MonitoredDeadLetters[] {
  if (topic === undefined) return [];
  const { arn, elsewhere, filterPolicy, filterPolicyScope, precondition } = topic;
  const { deadLetters } = queue.subscribeTo(arn, {
    deadLettersName: names.subscriptionDeadLetters,
    ...(elsewhere && { provider: elsewhere.provider }),
    ...(filterPolicy !== undefined && { filterPolicy }),
    ...(filterPolicyScope !== undefined && { filterPolicyScope }),
    ...(precondition && { precondition }),
  });
  const description = 'SNS could not deliver notifications to the queue';
  return [
    {
      subject: 'subscription-dead-letters',
      description,
      queue: deadLetters,
      ...(elsewhere && { elsewhere }),
    },
  ];
}

interface Made {
  readonly queue: GranuleQueue;
  readonly functions: readonly PipelineFunction[];
  readonly dashboardUrl: string | undefined;
  readonly backfillOnDeploy: string | undefined;
}

function outputsOf({ queue, functions, dashboardUrl, backfillOnDeploy }: Made): PipelineOutputs {
  return {
    queue_url: queue.url,
    dead_letters_url: queue.deadLetters.url,
    ...Object.fromEntries(functions.map(({ node, name }) => [`${node.id}_function`, name])),
    ...(dashboardUrl !== undefined && { dashboard_url: dashboardUrl }),
    ...(backfillOnDeploy !== undefined && { backfill_on_deploy: backfillOnDeploy }),
  };
}

function granuleDeadLetters({ deadLetters: queue }: GranuleQueue): MonitoredDeadLetters {
  return { subject: 'dead-letters', queue, description: 'Granules that could not become Items' };
}
