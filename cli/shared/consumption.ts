import { holdRow, type Hold, type HoldStore } from '../../lambdas/hold/hold-row.js';
import {
  findMapping,
  MappingTimeout,
  switchMapping,
  type Mapping,
} from '../../lambdas/hold/mapping.js';
import type { Clock } from '../../lambdas/runtime/clock.js';
import { awsClients, type AwsClients } from './aws-clients.js';
import { CommandError } from './command.js';
import {
  accessFault,
  notDeployed,
  type AwsSubject,
  type DeployedPipeline,
} from './deployed-pipeline.js';

/** Whether Lambda takes messages from the granule queue, and the hold if there is one. */
export interface Consumption {
  readonly mapping: Mapping;
  readonly hold: Hold | undefined;
}

/** Thrown when the consumption of a queue cannot be read or changed. */
export class ConsumptionError extends CommandError {
  override readonly name = 'ConsumptionError';
  /** Whether the pipeline is not deployed, as far as AWS says. */
  readonly isMissing: boolean;

  constructor(message: string, { isMissing, ...options }: ErrorOptions & { isMissing: boolean }) {
    super(message, options);
    this.isMissing = isMissing;
  }
}

/** The consumption of the granule queue of a deployed pipeline. All methods throw ConsumptionError. */
export interface DeployedConsumption {
  read(): Promise<Consumption>;
  /** Waits until Lambda reports the new state. */
  switch(mapping: Mapping, enabled: boolean): Promise<void>;
  readonly holds: Holds;
}

type Holds = Pick<HoldStore, 'read' | 'write' | 'remove'>;

type Pipeline = Pick<DeployedPipeline, 'config' | 'names'>;

interface ConsumptionOptions {
  readonly clock?: Clock;
  readonly clients?: AwsClients;
}

export function deployedConsumption(
  { config: { region }, names }: Pipeline,
  { clock, clients = awsClients() }: ConsumptionOptions = {},
): DeployedConsumption {
  const lambda = clients.lambda(region);
  const functionName = names.functions.app.function;
  const holds = explainedHolds(names.stateTable, region, clients);
  const ofMapping = { what: `the event source mapping of ${functionName}`, region };
  return {
    holds,
    read: async () => {
      const ends = { functionName, queueName: names.queue };
      const mapping = await explain(ofMapping, () => findMapping(ends, lambda));
      if (mapping === undefined) {
        throw new ConsumptionError(notDeployed(ofMapping.what, region), { isMissing: true });
      }
      return { mapping, hold: await holds.read() };
    },
    switch: (mapping, enabled) =>
      explain(ofMapping, () =>
        switchMapping(mapping, enabled, { lambda, ...(clock && { clock }) }),
      ),
  };
}

/** The row of a pipeline's hold, with errors that say what to do. */
export function explainedHolds(
  table: string,
  region: string,
  clients: Pick<AwsClients, 'dynamo'> = awsClients(),
): Holds {
  const row = holdRow(table, clients.dynamo(region));
  const subject = { what: `table ${table}`, region };
  return {
    read: () => explain(subject, () => row.read()),
    write: (hold) => explain(subject, () => row.write(hold)),
    remove: () => explain(subject, () => row.remove()),
  };
}

async function explain<T>(subject: AwsSubject, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof MappingTimeout) {
      const message = `${cause.message}, after five minutes: run the same command again`;
      throw new ConsumptionError(message, { cause, isMissing: false });
    }
    const { message, isMissing } = accessFault(subject, cause);
    throw new ConsumptionError(message, { cause, isMissing });
  }
}
