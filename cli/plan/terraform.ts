import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hold } from '../../lambdas/hold/hold-row.js';
import { pluginCache } from '../shared/plugin-cache.js';
import { type ChildOutcome, runChild } from '../shared/child.js';
import { checkStates, stackFolder, type StackState } from '../shared/state-move.js';
import { checkProviderLock, withLockHint } from '../stacks/provider-lock.js';
import type { About } from './about.js';
import { failedChecks, parsePlan } from './json.js';
import { type PlanSummary, summarizePlan } from './summary.js';

/** The plan of one pipeline, or why it failed. */
export type PipelinePlan = { readonly pipeline: string } & (
  | {
      readonly summary: PlanSummary;
      /** Output of `terraform show`. */
      readonly text: string;
      /** Why consumption is stopped; undefined if it is not, or the reason cannot be read. */
      readonly hold?: Hold | undefined;
      /** What only the code and the config say. */
      readonly about?: About | undefined;
    }
  | {
      /** Error message of Terraform. */
      readonly error: string;
      /** What the conditions of the stack say that do not hold, such as a function with old code. */
      readonly failedChecks: readonly string[];
    }
);

export type SummarizedPlan = Extract<PipelinePlan, { readonly summary: PlanSummary }>;

/** Name of the plan file in the stack's folder, which `terraform apply` accepts. */
export const PLAN_FILE = 'plan.tfplan';

const QUIET = { CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0' };

/** Plans a synthesized stack and saves the plan in its folder. Errors are returned, not thrown. */
export async function planPipeline(root: string, stack: StackState): Promise<PipelinePlan> {
  const pipeline = stack.stack;
  const folder = stackFolder(root, pipeline);
  const terraform = terraformIn(folder);
  try {
    await rm(join(folder, PLAN_FILE), { force: true });
    // With -reconfigure, a plan for a state that was moved would create every resource again.
    checkStates([stack], { root, migrate: false });
    checkProviderLock(root);
    await terraform('init', '-input=false', '-reconfigure');
    // A read-only role cannot take the lock. The apply takes it, and rejects a stale plan.
    await terraform('plan', '-input=false', '-lock=false', `-out=${PLAN_FILE}`);
    const json = await terraform('show', '-json', PLAN_FILE);
    const text = await terraform('show', PLAN_FILE);
    return { pipeline, summary: summarizePlan(parsePlan(json)), text: text.trim() };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { pipeline, error: text, failedChecks: await checksOf(folder, terraform) };
  }
}

/** Terraform also saves a plan that failed because of a condition. */
async function checksOf(folder: string, terraform: TerraformCommand): Promise<readonly string[]> {
  if (!existsSync(join(folder, PLAN_FILE))) return [];
  return terraform('show', '-json', PLAN_FILE).then(failedChecks, () => []);
}

type TerraformCommand = (...words: readonly string[]) => Promise<string>;

/** Returns a function that runs a command of Terraform. It throws Error with Terraform's message. */
function terraformIn(folder: string): TerraformCommand {
  return async (command = '', ...rest) => {
    const words = [`-chdir=${folder}`, command, '-no-color', ...rest];
    const env = { ...QUIET, ...pluginCache(process.env) };
    const outcome = await runChild('terraform', words, { cwd: folder, env });
    if (outcome.code === 0) return outcome.stdout;
    throw new Error(reasonOf(outcome, command));
  };
}

function reasonOf({ code, stdout, stderr }: ChildOutcome, command: string): string {
  const words = stderr.trim() || stdout.trim() || `terraform ${command} exited with code ${code}`;
  return command === 'init' ? withLockHint(words) : words;
}
