import type { PipelinePlan } from './terraform.js';

/** Adds who holds consumption and why, if it is stopped and the state table can be read. */
export async function withHold(plan: PipelinePlan): Promise<PipelinePlan> {
  if (!('summary' in plan) || plan.summary.consumption === undefined) return plan;
  const { pipeline: id } = plan;
  try {
    // Loading the SDK takes a noticeable part of a second.
    const { explainedHolds } = await import('../shared/consumption.js');
    const { deployedPipeline } = await import('../shared/deployed-pipeline.js');
    const { names, config } = deployedPipeline({ id, folder: `pipelines/${id}` });
    return { ...plan, hold: await explainedHolds(names.stateTable, config.region).read() };
  } catch {
    return plan;
  }
}
