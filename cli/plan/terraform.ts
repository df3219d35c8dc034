import { type ChildOutcome, runChild } from '../shared/child.js';
import { parsePlan } from './json.js';
import { type PlanSummary, summarizePlan } from './summary.js';
import { stackFolder } from './synth-stacks.js';

/** What became of the plan of one pipeline. */
export type PipelinePlan = { readonly pipeline: string } & (
  | {
      readonly summary: PlanSummary;
      /** `terraform show`, as it is read in a terminal. */
      readonly text: string;
    }
  | {
      /** Terraform's own words. */
      readonly error: string;
    }
);

/** In the stack's folder: `terraform apply` of it does what was planned, and nothing else. */
export const PLAN_FILE = 'plan.tfplan';

const QUIET = { CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0' };

/** Plans a synthesized stack, and leaves the plan beside it. What fails is told in the result. */
export async function planPipeline(root: string, pipeline: string): Promise<PipelinePlan> {
  const terraform = terraformIn(stackFolder(root, pipeline));
  try {
    await terraform('init', '-input=false', '-reconfigure');
    // A role that only reads can't take the lock; an apply takes it, and refuses a plan that is stale.
    await terraform('plan', '-input=false', '-lock=false', `-out=${PLAN_FILE}`);
    const json = await terraform('show', '-json', PLAN_FILE);
    const text = await terraform('show', PLAN_FILE);
    return { pipeline, summary: summarizePlan(parsePlan(json)), text: text.trim() };
  } catch (error) {
    return { pipeline, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Throws Error with what Terraform says is wrong. */
function terraformIn(folder: string): (...words: readonly string[]) => Promise<string> {
  return async (command = '', ...rest) => {
    const words = [`-chdir=${folder}`, command, '-no-color', ...rest];
    const outcome = await runChild('terraform', words, { cwd: folder, env: QUIET });
    if (outcome.code === 0) return outcome.stdout;
    throw new Error(reasonOf(outcome, command));
  };
}

function reasonOf({ code, stdout, stderr }: ChildOutcome, command: string): string {
  return stderr.trim() || stdout.trim() || `terraform ${command} ended with ${code}`;
}
