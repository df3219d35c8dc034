import {
  GetEventSourceMappingCommand,
  paginateListEventSourceMappings,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { systemClock, type Clock } from '../runtime/clock.js';

/** The event source mapping by which Lambda takes messages from a queue and invokes a function. */
export interface Mapping {
  readonly id: string;
  /** As Lambda reports it: Creating, Enabling, Enabled, Disabling, Disabled, Updating or Deleting. */
  readonly state: string;
}

export interface MappingEnds {
  readonly functionName: string;
  readonly queueName: string;
}

/** Thrown when a mapping has not reached its new state in time. The request was accepted. */
export class MappingTimeout extends Error {
  override readonly name = 'MappingTimeout';
}

const POLL_MS = 2_000;
/** Usually a mapping changes its state within a minute. */
const MAX_WAIT_MS = 300_000;

/** Finds the mapping between a queue and a function; undefined if there is none. */
export async function findMapping(
  { functionName, queueName }: MappingEnds,
  client: LambdaClient,
): Promise<Mapping | undefined> {
  const pages = paginateListEventSourceMappings({ client }, { FunctionName: functionName });
  for await (const { EventSourceMappings: all = [] } of pages) {
    const found = all.find(({ EventSourceArn: arn }) => arn?.split(':').at(-1) === queueName);
    if (found !== undefined) return mappingOf(found);
  }
  return undefined;
}

/** Whether Lambda takes no messages, or is about to stop. */
export function isOff({ state }: Mapping): boolean {
  return state === 'Disabled' || state === 'Disabling';
}

/**
 * Enables or disables a mapping, and waits until Lambda reports the new state. Batches that are in progress are
 * completed. Throws MappingTimeout after five minutes.
 */
export async function switchMapping(
  { id }: Pick<Mapping, 'id'>,
  enabled: boolean,
  { lambda, clock = systemClock }: SwitchOptions,
): Promise<void> {
  const mapping = mappingSwitch(id, lambda);
  const deadline = clock.now() + MAX_WAIT_MS;
  const wanted = enabled ? 'Enabled' : 'Disabled';
  let accepted = false;
  for (;;) {
    const { state } = await mapping.state();
    if (state === wanted) return;
    if (clock.now() > deadline) {
      throw new MappingTimeout(`the event source mapping ${id} is still ${state}, not ${wanted}`);
    }
    if (!accepted) accepted = await mapping.set(enabled);
    await clock.sleep(POLL_MS);
  }
}

export interface SwitchOptions {
  readonly lambda: Pick<LambdaClient, 'send'>;
  readonly clock?: Clock;
}

/** A mapping whose id is known, for one request at a time. */
export interface MappingSwitch {
  state(): Promise<Mapping>;
  /** Returns false while Lambda is busy with an earlier change. Does not wait for the new state. */
  set(enabled: boolean): Promise<boolean>;
}

export function mappingSwitch(id: string, lambda: Pick<LambdaClient, 'send'>): MappingSwitch {
  return {
    state: async () => mappingOf(await lambda.send(new GetEventSourceMappingCommand({ UUID: id }))),
    set: (enabled) => tryUpdate(id, enabled, lambda),
  };
}

/** Returns false while Lambda is still busy with an earlier change. */
async function tryUpdate(
  id: string,
  enabled: boolean,
  lambda: SwitchOptions['lambda'],
): Promise<boolean> {
  try {
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID: id, Enabled: enabled }));
    return true;
  } catch (error) {
    if (error instanceof ResourceInUseException) return false;
    throw error;
  }
}

function mappingOf({ UUID = '', State = 'Unknown' }: EventSourceMappingConfiguration): Mapping {
  return { id: UUID, state: State };
}
