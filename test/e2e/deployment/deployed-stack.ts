import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipelineNames } from '../../../modules/config/names.js';
import { findTerraform, type Terraform } from '../../system/terraform/terraform.js';
import { Deployment, type Credentials } from './apply.js';
import { createDeployer, type DeployerKind } from './deployer.js';
import { ACCOUNT, PROJECT } from '../system/places.js';
import { synthesizeBootstrap } from '../system/state-bucket.js';
import type { System } from '../system/system.js';

/** Names and addresses of the resources of a deployed pipeline. */
export function partsOf({ endpoint }: System, pipeline: string) {
  const names = pipelineNames({ project: PROJECT, pipeline, account: ACCOUNT });
  const url = (name: string) => `${endpoint}/${ACCOUNT}/${name}`;
  return {
    names,
    queueUrl: url(names.queue),
    deadLettersUrl: url(names.deadLetters),
  };
}

/**
 * Returns a stack for Terraform, with the credentials of its deployer. The stacks must be synthesized.
 * @param folder of a root module other than the stack, in the copy of the project
 */
export async function deploymentOf(
  system: System,
  id: string,
  folder?: string,
): Promise<Deployment> {
  const terraform = await terraformHere();
  const kind = folder === undefined ? 'stacks' : 'root-module';
  const credentials = await deployerOf(system, kind);
  return new Deployment(system, id, { terraform, credentials, ...(folder && { folder }) });
}

/** Creates the state bucket, as an administrator of the account does once. */
export function deployStateBucket(system: System): Promise<void> {
  return deployShared(system, 'bootstrap');
}

/** Creates the repository of images, as an administrator does. */
export function deployImages(system: System): Promise<void> {
  return deployShared(system, 'images');
}

async function deployShared(system: System, id: string): Promise<void> {
  await synthesizeBootstrap(system);
  const stack = new Deployment(system, id, {
    terraform: await terraformHere(),
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await stack.init();
  const { code, output } = await stack.apply();
  if (code !== 0) throw new Error(output);
}

export async function terraformHere(): Promise<Terraform> {
  const terraform = await findTerraform();
  if (terraform === undefined) throw new Error('Terraform is not installed');
  return terraform;
}

/** Returns the access key of the user who deploys; the user is created once. */
export async function deployerOf(system: System, kind: DeployerKind): Promise<Credentials> {
  const file = join(system.folder, `deployer-of-${kind}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Credentials;
  const made = await createDeployer(system, kind);
  writeFileSync(file, JSON.stringify(made));
  return made;
}
