import { deployedPipeline } from '../shared/deployed-pipeline.js';
import { pipelineArgument } from '../shared/command.js';
import { functionCodes, type DeployedFunction } from '../shared/old-code.js';

/** One run of cdktf deploy. */
export interface DeployRun {
  readonly stacks: readonly string[];
  /** Options of terraform apply; they would apply to every stack of the run. */
  readonly applyOptions: readonly string[];
  /** What to say before the run. */
  readonly notice: readonly string[];
}

/**
 * Divides a deployment into runs: one for each stack that has functions with old code, which Terraform does not find
 * itself, with the options that replace them; and one for all other stacks.
 */
export async function deployRuns(
  stacks: readonly string[],
  root = 'pipelines',
): Promise<DeployRun[]> {
  const found = await Promise.all(
    stacks.map(async (stack) => ({ stack, old: await tryOldCode(stack, root) })),
  );
  const others = found.filter(({ old }) => old.length === 0).map(({ stack }) => stack);
  const replacing = found.filter(({ old }) => old.length > 0).map(replacingRun);
  const isRest = others.length > 0 || replacing.length === 0;
  return [...replacing, ...(isRest ? [{ stacks: others, applyOptions: [], notice: [] }] : [])];
}

function replacingRun({ stack, old }: { stack: string; old: readonly DeployedFunction[] }) {
  const options = old.map(({ role }) => `-replace=aws_lambda_function.${role}`);
  return {
    stacks: [stack],
    applyOptions: options,
    notice: old.map(
      ({ name }, index) =>
        `the function ${name} does not run the code that was deployed last, because its upload failed or the code was ` +
        `changed outside Terraform: this deployment replaces the function (terraform apply ${options[index]})`,
    ),
  };
}

/** Returns nothing if Lambda cannot be asked: then the apply fails and says what to replace. */
async function tryOldCode(stack: string, root: string): Promise<readonly DeployedFunction[]> {
  const pipeline = deployedPipeline(pipelineArgument(stack, root));
  try {
    return (await functionCodes(pipeline)).old;
  } catch {
    return [];
  }
}
