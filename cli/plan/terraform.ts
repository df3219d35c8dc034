import { type ChildOutcome, runChild } from '../shared/child.js';
import { checkStates, stackFolder, type StackState } from '../shared/state-move.js';
import { parsePlan } from './json.js';
import { type PlanSummary, summarizePlan } from './summary.js';

/** The plan of one pipeline, or why it failed. */
export type PipelinePlan = { readonly pipeline: string } & (
  | {
      readonly summary: PlanSummary;
      /** Output of `terraform show`. */
      readonly text: string;
    }
  | {
      /** Error message of Terraform. */
      readonly error: string;
    }
);

/** Name of the plan file in the stack's folder, which `terraform apply` accepts. */
export const PLAN_FILE = 'plan.tfplan';

const QUIET = { CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0' };

/** Plans a synthesized stack and saves the plan in its folder. Errors are returned, not thrown. */
export async function planPipeline(root: string, stack: StackState): Promise<PipelinePlan> {
  const pipeline = stack.stack;
  const terraform = terraformIn(stackFolder(root, pipeline));
  try {
    // With -reconfigure, a plan for a state that was moved would create every resource again.
    checkStates([stack], { root, migrate: false });
    await terraform('init', '-input=false', '-reconfigure');
    // A read-only role cannot take the lock. The apply takes it, and rejects a stale plan.
    await terraform('plan', '-input=false', '-lock=false', `-out=${PLAN_FILE}`);
    const json = await terraform('show', '-json', PLAN_FILE);
    const text = await terraform('show', PLAN_FILE);
    return { pipeline, summary: summarizePlan(parsePlan(json)), text: text.trim() };
  } catch (error) {
    return { pipeline, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Returns a function that runs a command of Terraform. It throws Error with Terraform's message. */
function terraformIn(folder: string): (...words: readonly string[]) => Promise<string> {
  return async (command = '', ...rest) => {
    const words = [`-chdir=${folder}`, command, '-no-color', ...rest];
    const outcome = await runChild('terraform', words, { cwd: folder, env: QUIET });
    if (outcome.code === 0) return outcome.stdout;
    throw new Error(reasonOf(outcome, command));
  };
}

function reasonOf({ code, stdout, stderr }: ChildOutcome, command: string): string {
  return stderr.trim() || stdout.trim() || `terraform ${command} exited with code ${code}`;
}
