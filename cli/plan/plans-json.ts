import { deployCommand, type LeftOut } from './left-out.js';
import { destroyCommand, type Removed } from './removed.js';
import { lossesOf } from './summary.js';
import type { PipelinePlan } from './terraform.js';

function summaryOf({ pipeline, hold, about, summary }: Extract<PipelinePlan, { summary: object }>) {
  return { pipeline, hold, about, losses: lossesOf(summary), ...summary };
}

/** Pipelines that are not planned, but may be deployed. */
interface Others {
  readonly removed: Removed;
  readonly leftOut: readonly LeftOut[];
}

/** The summaries without the full text of the plans. */
export function jsonOf(
  plans: readonly PipelinePlan[],
  { removed: { pipelines, problem }, leftOut }: Others,
): string {
  const summaries = plans.map((one) => ('error' in one ? one : summaryOf(one)));
  const removed = pipelines.map(({ pipeline, resources }) => ({
    pipeline,
    removed: { resources, command: destroyCommand(pipeline) },
  }));
  const byName = leftOut.map(({ pipeline, resources }) => ({
    pipeline,
    leftOut: { resources, command: deployCommand(pipeline) },
  }));
  const problems = problem === undefined ? [] : [{ error: problem }];
  return JSON.stringify([...summaries, ...removed, ...byName, ...problems], undefined, 2);
}
