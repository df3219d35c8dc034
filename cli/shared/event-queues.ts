import type { DeployedPipeline, QueueAddress } from './deployed-pipeline.js';

/** A queue of events that functions or schedules failed to process for good. */
export interface EventQueue extends QueueAddress {
  /** Name in tables, such as `schedules' dead letters`. */
  readonly title: string;
}

/** The queues of failed events that a pipeline's alarms watch. */
export function eventQueues({
  config,
  names,
}: Pick<DeployedPipeline, 'config' | 'names'>): EventQueue[] {
  const { region, inventory_location: inventory, verify_ingestion: verifies } = config;
  const { circuit_breaker: breaks } = config;
  const { historic, verify } = names.functions;
  const backfills = inventory !== undefined;
  return [
    {
      name: names.scheduleDeadLetters,
      title: "schedules' dead letters",
      is: backfills || verifies || breaks,
    },
    { name: historic.onFailureQueue, title: 'failed backfill runs', is: backfills },
    { name: verify.onFailureQueue, title: 'failed verifications', is: verifies },
  ]
    .filter(({ is }) => is)
    .map(({ name, title }) => ({ name, region, title }));
}
