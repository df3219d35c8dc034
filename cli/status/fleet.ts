import type { GranuleHandler } from '../../lambdas/granule-handler.js';
import { isOff } from '../../lambdas/hold/mapping.js';
import { mapLimited } from '../../lambdas/runtime/retry.js';
import { listPipelines, NO_PIPELINES } from '../../modules/config/folder.js';
import { parseProject } from '../../modules/config/names.js';
import { CommandError, pipelineArgument } from '../shared/command.js';
import { deployedPipeline, errorText } from '../shared/deployed-pipeline.js';
import { handlerIn, pipelineFile } from '../shared/pipeline-code.js';
import { briefOf } from './brief.js';
import { isExpiring } from './consumption.js';
import { isMissing, valueOf } from './part.js';
import { attentionOf, gatherStatus, lettersOf, type PipelineStatus } from './pipeline-status.js';
import { fleetReads, type StatusReads } from './reads.js';

/** The states of a pipeline, worst first. */
export const FLEET_STATES = ['action needed', 'unknown', 'ok', 'not deployed'] as const;
export type FleetState = (typeof FLEET_STATES)[number];

/** One pipeline among all. */
export interface FleetMember {
  readonly pipeline: string;
  readonly state: FleetState;
  /** What needs attention, one sentence each; why the state is unknown, if it is. */
  readonly attention: readonly string[];
  /** The same in a few words each. */
  readonly brief: readonly string[];
  /** Undefined if the files of the pipeline cannot be read. */
  readonly status: PipelineStatus | undefined;
}

/**
 * Each takes about 20 requests. Lambda lists event source mappings 15 times a second, and a pipeline needs one such
 * request, which takes longer than a fifteenth of a second.
 */
const CONCURRENT_PIPELINES = 8;

interface FleetOptions {
  readonly reads?: StatusReads;
  /** Called after each pipeline, with the number of those that are done. */
  readonly onDone?: ((done: number, all: number) => void) | undefined;
}

/**
 * Reads the state of every pipeline in pipelines/, worst first. What cannot be read of one does not stop the others.
 * Throws ConfigError if PROJECT is wrong, and CommandError if there are no pipelines.
 */
export async function gatherFleet({
  reads = fleetReads(),
  onDone = () => undefined,
}: FleetOptions = {}): Promise<FleetMember[]> {
  parseProject(process.env['PROJECT']);
  const ids = listPipelines();
  if (ids.length === 0) throw new CommandError(NO_PIPELINES);
  let done = 0;
  const results = await mapLimited(ids, CONCURRENT_PIPELINES, async (id) => {
    const member = await memberOf(id, reads);
    done += 1;
    onDone(done, ids.length);
    return member;
  });
  const members = results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  return worstFirst(members, Date.now());
}

async function memberOf(id: string, reads: StatusReads): Promise<FleetMember> {
  try {
    const folder = pipelineArgument(id);
    const pipeline = deployedPipeline(folder);
    const app = await handlerIn<GranuleHandler>(pipelineFile(folder, 'app.ts'));
    return fleetMember(await gatherStatus(pipeline, app.pipeline.collectionId, reads));
  } catch (error) {
    const why = errorText(error);
    return { pipeline: id, state: 'unknown', attention: [why], brief: [why], status: undefined };
  }
}

/** What a status says about a pipeline among others. */
export function fleetMember(status: PipelineStatus, now = Date.now()): FleetMember {
  const { pipeline, queue, deadLetters, consumption } = status;
  const essential = [queue, deadLetters, consumption];
  if (essential.every(isMissing))
    return { pipeline, state: 'not deployed', attention: [], brief: [], status };
  const attention = attentionOf(status, now);
  if (essential.every((one) => 'error' in one)) {
    const why = 'error' in queue ? [queue.error] : [];
    return { pipeline, state: 'unknown', attention: [...why, ...attention], brief: why, status };
  }
  const state = attention.length > 0 ? 'action needed' : 'ok';
  return { pipeline, state, attention, brief: briefOf(status, now), status };
}

/** Sorts by state, then by how much is at stake, then by name. */
export function worstFirst(members: readonly FleetMember[], now: number): FleetMember[] {
  const ranked = members.map((member) => ({ member, rank: rankOf(member, now) }));
  ranked.sort((one, other) => compare(one.rank, other.rank) || byName(one.member, other.member));
  return ranked.map(({ member }) => member);
}

/** Numbers to compare in turn, the lower the worse: messages about to be lost, consumption stopped, granules without Item. */
function rankOf({ state, status, attention }: FleetMember, now: number): number[] {
  const place = FLEET_STATES.indexOf(state);
  if (status === undefined) return [place];
  const [consumption, queue] = [valueOf(status.consumption), valueOf(status.queue)];
  const { granules, events } = lettersOf(status);
  return [
    place,
    -Number(isExpiring({ consumption, queue }, now)),
    -Number(consumption !== undefined && isOff(consumption.mapping)),
    -(granules + (valueOf(status.ingestor)?.failed.length ?? 0)),
    -events,
    -attention.length,
  ];
}

function compare(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((value, at) => value !== (other[at] ?? 0));
  return index === -1 ? 0 : (one[index] ?? 0) - (other[index] ?? 0);
}

function byName(one: FleetMember, other: FleetMember): number {
  return one.pipeline < other.pipeline ? -1 : 1;
}

/** 1 if a pipeline needs attention or cannot be read, or none is deployed. */
export function fleetExitCode(members: readonly FleetMember[]): 0 | 1 {
  const has = (state: FleetState) => members.some((one) => one.state === state);
  return has('action needed') || has('unknown') || !has('ok') ? 1 : 0;
}
