import { listPipelines, NO_PIPELINES } from '../../modules/config/folder.js';
import { mapLimited } from '../../lambdas/runtime/retry.js';
import { pipelineArgument, requiredPipeline, UsageError } from '../shared/command.js';
import { deployedConsumption } from '../shared/consumption.js';
import { deployedPipeline, type DeployedPipeline } from '../shared/deployed-pipeline.js';
import { INTERRUPTED, interruptSignal, printLine } from '../shared/terminal.js';
import { hold, release, settled, type HoldResult } from './action.js';
import { callerArn } from './caller.js';
import { exitCodeOf, resultJson, resultText } from './report.js';

export interface HoldOptions {
  readonly all?: true;
  readonly reason?: string;
  readonly json?: true;
}

/** Lambda accepts about 15 requests a second that change or list resources. */
const CONCURRENT_PIPELINES = 5;

/**
 * Holds or releases one pipeline, or all in pipelines/, and sets the exit code. On the first Ctrl-C the pipelines that
 * have begun are completed.
 */
export async function runHold(
  command: 'hold' | 'release',
  name: string | undefined,
  options: HoldOptions,
): Promise<void> {
  const pipelines = pipelinesOf(name, options);
  const interrupt = interruptSignal(process.stderr);
  const by = command === 'hold' ? await callerArn(regionOf(pipelines)) : undefined;
  const work = (pipeline: DeployedPipeline): Promise<HoldResult> => {
    const request = { pipeline: pipeline.id, consumption: deployedConsumption(pipeline) };
    return command === 'hold' ? hold({ ...request, reason: options.reason, by }) : release(request);
  };
  const results = await mapLimited(pipelines, CONCURRENT_PIPELINES, async (pipeline) => {
    if (interrupt.aborted) return undefined;
    const result = await (options.all || options.json
      ? settled(pipeline.id, () => work(pipeline))
      : work(pipeline));
    if (!options.json) await printLine(resultText(result));
    return result;
  });
  const done = results.flatMap((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value ?? [];
  });
  if (options.json) await printLine(resultJson(done));
  process.exitCode = interrupt.aborted ? INTERRUPTED : exitCodeOf(done);
}

function pipelinesOf(name: string | undefined, { all }: HoldOptions): DeployedPipeline[] {
  if (!all) return [deployedPipeline(requiredPipeline(name))];
  if (name !== undefined) throw new UsageError(`--all and ${name} contradict each other`);
  const ids = listPipelines();
  if (ids.length === 0) throw new UsageError(NO_PIPELINES);
  return ids.map((id) => deployedPipeline(pipelineArgument(id)));
}

/** Any region will do for the identity of the caller. */
function regionOf([first]: readonly DeployedPipeline[]): string {
  return first?.config.region ?? 'us-east-1';
}
