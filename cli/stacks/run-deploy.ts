import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { RESERVED_STACKS } from '../../modules/config/values/pipeline-id.js';
import { parseArn } from '../../modules/config/values/arn.js';
import { startCdktf } from '../shared/cdktf-process.js';
import { pipelineArgument } from '../shared/command.js';
import { deployedPipeline } from '../shared/deployed-pipeline.js';
import { stackFolder } from '../shared/state-move.js';
import { ApplyErrors, type ResourceError } from './apply-errors.js';
import { existingResources, isErrorOf } from './existing.js';

interface Deploy {
  readonly root: string;
  /** Names of the stacks. */
  readonly stacks: readonly string[];
  /** Options of cdktf deploy. */
  readonly options: readonly string[];
  /** Options of terraform apply. */
  readonly applyOptions?: readonly string[];
  readonly say: (sentence: string) => void;
}

/**
 * Runs cdktf deploy. If it fails because resources exist already, says of each how to import it.
 *
 * @returns the exit code of cdktf
 */
export async function runDeploy({ root, stacks, options, applyOptions, say }: Deploy) {
  const errors = new ApplyErrors(process.env);
  const given = process.env['TF_CLI_ARGS_apply'] ?? '';
  const TF_CLI_ARGS_apply = [given, ...(applyOptions ?? [])].join(' ').trim();
  const variables = { TF_CLI_ARGS_apply, ...errors.variables };
  const code = await startCdktf(['deploy', ...stacks, ...options], root, variables).ended;
  const found = errors.take();
  if (code !== 0)
    for (const stack of stacks)
      for (const sentence of sentencesOf(stack, { root, found, isOnly: stacks.length === 1 }))
        say(sentence);
  return code;
}

interface Found {
  readonly root: string;
  readonly found: readonly ResourceError[];
  /** Whether all errors are those of this stack. */
  readonly isOnly: boolean;
}

function sentencesOf(id: string, { root, found, isOnly }: Found): readonly string[] {
  const file = join(stackFolder(root, id), 'cdk.tf.json');
  if (found.length === 0 || !existsSync(file)) return [];
  const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const own = isOnly ? found : found.filter((error) => isErrorOf(error, json));
  const folder = relative(root, stackFolder(root, id));
  return existingResources(own, { id, folder, json, account: accountOf(id) });
}

/** The import ids of the stacks of the project itself have no account. */
function accountOf(id: string): string {
  if (RESERVED_STACKS.includes(id)) return '';
  return parseArn(deployedPipeline(pipelineArgument(id)).config.secret_arn).account;
}
