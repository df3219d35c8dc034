import {
  GetFunctionCommand,
  LambdaClient,
  type GetFunctionCommandOutput,
} from '@aws-sdk/client-lambda';
import { AWS_REQUESTS } from '../../lambdas/runtime/aws-requests.js';
import type { PipelineConfig } from '../../modules/config/config.js';
import { imageTagOf } from '../../modules/config/images.js';
import { CODE_TAG, type FunctionRole, type PipelineNames } from '../../modules/config/names.js';

/** A function of a pipeline. */
export interface DeployedFunction {
  /** Also its name in the addresses of Terraform: `aws_lambda_function.app`. */
  readonly role: FunctionRole;
  readonly name: string;
}

/** A function that does not run as it is. */
export interface InactiveFunction extends DeployedFunction {
  /** As Lambda reports it: Inactive after weeks without an invocation, Failed, or Pending. */
  readonly state: string;
  /** Lambda's reason, if it has one. */
  readonly reason: string | undefined;
}

export interface FunctionCodes {
  readonly functions: readonly DeployedFunction[];
  /** The functions whose code is not the one that was deployed last. */
  readonly old: readonly DeployedFunction[];
  readonly inactive: readonly InactiveFunction[];
}

interface Pipeline {
  readonly config: PipelineConfig;
  readonly names: PipelineNames;
}

type Lambda = Pick<LambdaClient, 'send'>;

/**
 * Compares the code of a pipeline's functions with the hash in their tag, and finds those that are not active. Throws if
 * a request to Lambda fails.
 */
export async function functionCodes(
  { config, names }: Pipeline,
  lambda: Lambda = lambdaIn(config.region),
): Promise<FunctionCodes> {
  const functions = rolesOf(config).map((role) => ({ role, name: names.functions[role].function }));
  const found = await Promise.all(
    functions.map((fn) => lambda.send(new GetFunctionCommand({ FunctionName: fn.name }))),
  );
  return {
    functions,
    old: functions.filter((_, index) => hasOldCode(found[index])),
    inactive: functions.flatMap((fn, index) => tryInactive(fn, found[index]) ?? []),
  };
}

function tryInactive(
  fn: DeployedFunction,
  found: GetFunctionCommandOutput | undefined,
): InactiveFunction | undefined {
  const { State: state = 'Active', StateReason: reason } = found?.Configuration ?? {};
  return state === 'Active' ? undefined : { ...fn, state, reason };
}

function lambdaIn(region: string): LambdaClient {
  return new LambdaClient({ region, requestHandler: AWS_REQUESTS });
}

function rolesOf({
  inventory_location,
  verify_ingestion,
  circuit_breaker,
}: PipelineConfig): FunctionRole[] {
  return [
    'app',
    'collection',
    ...(inventory_location === undefined ? [] : (['historic'] as const)),
    ...(verify_ingestion ? (['verify'] as const) : []),
    ...(circuit_breaker ? (['breaker'] as const) : []),
  ];
}

/** A function without the tag was deployed by an earlier version, which kept no hash to compare with. */
function hasOldCode(found: GetFunctionCommandOutput | undefined): boolean {
  const deployed = found?.Tags?.[CODE_TAG];
  if (deployed === undefined) return false;
  return found?.Configuration?.PackageType === 'Image'
    ? deployed !== imageTagOf(found.Code?.ImageUri ?? '')
    : deployed !== found?.Configuration?.CodeSha256;
}
