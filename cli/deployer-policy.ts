import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { boundariesOf } from '../modules/deployer/boundaries.js';
import { parseArn, partitionOf } from '../modules/config/values/arn.js';
import { topicsOf } from '../modules/deployer/policy.js';
import { narrowPolicy } from '../modules/deployer/role-patterns.js';
import type { DeployedStack } from '../modules/deployer/policy.js';
import { NO_PIPELINES } from '../modules/config/folder.js';
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
  if (pipeline === undefined) throw new UsageError(NO_PIPELINES);
  const stacks = pipelines.map(({ id }) => readStack(id));
  const { note: missing, ...boundaries } = boundariesOf(pipelines);
  if (missing !== undefined) process.stderr.write(`${missing}\n`);
  const deployer = {
    partition: partitionOf(pipeline.region),
    account: parseArn(pipeline.secret_arn).account,
    project: name,
    pipelines: pipelines.map(({ id }) => id),
    stateBucket: state.kind === 's3' ? state.bucket : 'STATE_BUCKET',
    topics: topicsOf(stacks),
    ...boundaries,
  };
  const { policy, note } = narrowPolicy(stacks, deployer);
  if (note !== undefined) process.stderr.write(`${note}\n`);
  process.stdout.write(`${JSON.stringify(policy, undefined, 2)}\n`);
}

function readStack(id: string): DeployedStack {
  const file = join(root, 'cdktf.out', 'stacks', id, 'cdk.tf.json');
  if (!existsSync(file))
    throw new UsageError(`cdktf.out has no stack ${id}: run npm run synth first`);
  return JSON.parse(readFileSync(file, 'utf8')) as DeployedStack;
}

await runCommand(command);
