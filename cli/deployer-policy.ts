import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { parseArn, partitionOf } from '../modules/config/values/arn.js';
import {
  deployerPolicy,
  MAX_MANAGED_POLICY_CHARACTERS,
  rolesOf,
  topicsOf,
} from '../modules/deployer/policy.js';
import type { DeployedStack } from '../modules/deployer/policy.js';
import type { PipelineConfig } from '../modules/config/config.js';
import { readProject } from '../modules/config/project.js';
import { runCommand, UsageError } from './shared/command.js';

const root = join(import.meta.dirname, '..');

const command = new Command('deployer-policy')
  .description(
    'Print the least IAM policy that allows deploying and destroying the stacks in cdktf.out.',
  )
  .addHelpText(
    'after',
    '\nExample:\n  npm run synth && npm run --silent deployer-policy > policy.json',
  )
  .action(print);

function print(): void {
  const { name, state, pipelines } = readProject({ root, env: process.env });
  const [pipeline] = pipelines;
  if (pipeline === undefined) throw new UsageError('pipelines/ contains no pipelines');
  const stacks = pipelines.map(({ id }) => readStack(id));
  const deployer = {
    partition: partitionOf(pipeline.region),
    account: parseArn(pipeline.secret_arn).account,
    project: name,
    stateBucket: state.kind === 's3' ? state.bucket : 'STATE_BUCKET',
    topics: topicsOf(stacks),
    ...boundaryOf(pipelines),
  };
  const exact = deployerPolicy(stacks, { ...deployer, roles: rolesOf(stacks) });
  const fits = JSON.stringify(exact).length <= MAX_MANAGED_POLICY_CHARACTERS;
  if (!fits) {
    process.stderr.write(
      `The names of all roles do not fit into one policy: it allows role/${name}-*, which includes the roles of a project whose name starts with ${name}-.\n`,
    );
  }
  const policy = fits ? exact : deployerPolicy(stacks, deployer);
  process.stdout.write(`${JSON.stringify(policy, undefined, 2)}\n`);
}

/** The permissions boundary, if all pipelines have the same one. */
function boundaryOf(pipelines: readonly Pick<PipelineConfig, 'permissions_boundary_arn'>[]): {
  readonly permissionsBoundary?: string;
} {
  const given = new Set(pipelines.map((config) => config.permissions_boundary_arn));
  const [permissionsBoundary] = given;
  return given.size === 1 && permissionsBoundary !== undefined ? { permissionsBoundary } : {};
}

function readStack(id: string): DeployedStack {
  const file = join(root, 'cdktf.out', 'stacks', id, 'cdk.tf.json');
  if (!existsSync(file))
    throw new UsageError(`cdktf.out has no stack ${id}: run npm run synth first`);
  return JSON.parse(readFileSync(file, 'utf8')) as DeployedStack;
}

await runCommand(command);
